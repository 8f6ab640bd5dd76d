//! What can be read in a macro's tokens: expressions if they are some, blocks in braces, else `field.method`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Token,
    parse::{ParseStream, Parser},
    punctuated::Punctuated,
};

use super::{Lowering, types::names};
use crate::scan::facts::{Expr, Mention, Pat, Ty};

/// Tokens as a block, if they are statements.
pub(crate) fn statements(tokens: &TokenStream) -> Option<syn::Block> {
    let parser = |input: ParseStream<'_>| syn::Block::parse_within(input);
    let stmts = parser.parse2(tokens.clone()).ok()?;
    (!stmts.is_empty()).then(|| syn::Block {
        brace_token: Default::default(),
        stmts,
    })
}

impl Lowering<'_> {
    pub(super) fn macro_tokens(&mut self, of: &syn::Macro, this: Option<&Ty>) -> Expr {
        let is_vec = names(&of.path).last().is_some_and(|name| name == "vec");
        let list = Punctuated::<syn::Expr, Token![,]>::parse_terminated;
        if let Ok(all) = list.parse2(of.tokens.clone()) {
            return Expr::Parts(all.iter().map(|of| self.expr(of, this)).collect());
        }
        if is_vec {
            return Expr::Parts(Vec::new());
        }
        let mut parts = Vec::new();
        self.tokens(of.tokens.clone(), this, &mut parts);
        // Of `select!` and its like one part is run, not all of them in order.
        let arms = parts.into_iter().map(|of| (Pat::Wild, of)).collect();
        let any = Expr::Match(Box::new(Expr::Parts(Vec::new())), arms);
        Expr::Block(vec![any], false)
    }

    /// Statements, or what is in the groups between the rest.
    fn tokens(&mut self, tokens: TokenStream, this: Option<&Ty>, parts: &mut Vec<Expr>) {
        if let Some(block) = statements(&tokens) {
            // Another macro's input may be statements by chance: what it means may be something else.
            if !block
                .stmts
                .iter()
                .all(|of| matches!(of, syn::Stmt::Item(_)))
            {
                let lowered = self.block(&block, this);
                parts.push(lowered);
                return;
            }
        }
        self.mentions(&tokens);
        for token in tokens {
            if let TokenTree::Group(group) = token
                && group.delimiter() != Delimiter::Bracket
            {
                self.tokens(group.stream(), this, parts);
            }
        }
    }

    /// Every `field.method` there is, through all groups.
    pub(super) fn all_mentions(&mut self, tokens: &TokenStream) {
        self.mentions(tokens);
        for token in tokens.clone() {
            if let TokenTree::Group(group) = token {
                self.all_mentions(&group.stream());
            }
        }
    }

    fn mentions(&mut self, tokens: &TokenStream) {
        let mut words: Vec<String> = Vec::new();
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(ident) => words.push(ident.to_string()),
                TokenTree::Punct(punct) if matches!(punct.as_char(), '.' | '?') => {}
                // Arguments stand between the parts of a chain.
                TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                    self.mention(&words);
                }
                _ => words.clear(),
            }
        }
    }

    /// `a.field.lock().remove(…)`: the method is of any name before it, for who reads no grammar.
    fn mention(&mut self, words: &[String]) {
        let Some((method, before)) = words.split_last() else {
            return;
        };
        for field in before {
            self.facts.mentions.push(Mention {
                field: field.clone(),
                method: method.clone(),
            });
        }
    }
}
