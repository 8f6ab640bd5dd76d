//! Traits of the iterators of kinds that have an order, as macros. What an iterator walks over is its own business.

/// The iterator traits of an ordered iterator over `inner`: what `$pick` makes of each of its items.
macro_rules! ordered {
    ([$($generics:tt)*] $ty:ty, $item:ty, $pick:expr) => {
        impl<$($generics)*> Iterator for $ty {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                self.inner.next().map($pick)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }

            #[inline]
            fn last(mut self) -> Option<$item> {
                self.inner.next_back().map($pick)
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                self.inner.map($pick).fold(init, f)
            }
        }

        impl<$($generics)*> DoubleEndedIterator for $ty {
            #[inline]
            fn next_back(&mut self) -> Option<$item> {
                self.inner.next_back().map($pick)
            }
        }

        impl<$($generics)*> std::iter::FusedIterator for $ty {}
    };
}

/// What iterators of known length have besides.
macro_rules! of_known_length {
    ([$($generics:tt)*] $ty:ty) => {
        impl<$($generics)*> ExactSizeIterator for $ty {
            #[inline]
            fn len(&self) -> usize {
                self.inner.len()
            }
        }
    };
}

/// The same for those that are made of nothing, too.
macro_rules! sized {
    ([$($generics:tt)*] $ty:ty) => {
        $crate::ordered::of_known_length!([$($generics)*] $ty);

        impl<$($generics)*> Default for $ty {
            #[inline]
            fn default() -> Self {
                Self { inner: Default::default() }
            }
        }
    };
}

/// An iterator over borrowed entries is cloned, and shown by what is left in it.
macro_rules! cloned_and_shown {
    ($name:ident, $($shown:ident),+) => {
        impl<K, V> Clone for $name<'_, K, V> {
            #[inline]
            fn clone(&self) -> Self {
                Self { inner: self.inner.clone() }
            }
        }

        impl<K, V> std::fmt::Debug for $name<'_, K, V>
        where
            $($shown: std::fmt::Debug),+
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    };
}

pub(crate) use {cloned_and_shown, of_known_length, ordered, sized};
