mod bursty;
mod excess;
mod fuzz;
mod lines;
mod sites;
pub(super) mod story;
mod together;
