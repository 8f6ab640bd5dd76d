//! The views against a served recording: an order service in the midst of its incident.

mod asking;
mod charts;
mod hostile;
mod keys;
mod screens;
mod served;
