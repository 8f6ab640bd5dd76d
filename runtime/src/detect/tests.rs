mod fuzz;
mod lines;
mod sites;
mod story;
mod together;
