//! The application: shops place orders, a courier asks for the order that has waited longest,
//! delivers it and completes it.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Instant,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

/// What `GET /` answers, and what the console shows once the service stays up.
pub(crate) const ROUTES: &str = "\
POST /orders                     place an order: {\"customer\", \"items\": [{\"sku\", \"quantity\"}]}
GET  /orders/{id}                an open order
POST /orders/{id}/complete       the order was delivered
POST /couriers/{courier}/next    the open order that has waited longest, now this courier's
POST /deploy                     roll out the release that keeps completed ids
POST /fix                        roll it back and purge what it left
GET  /maps                       mapkeeper's report
GET  /debug/maps/                mapkeeper's page; for Prometheus: /debug/maps/metrics
";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct OrderId(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct CourierId(u32);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Item {
    sku: u32,
    quantity: u16,
}

/// What a shop sends.
#[derive(Debug, Deserialize)]
struct NewOrder {
    customer: String,
    items: Vec<Item>,
}

#[derive(Clone, Debug, Serialize)]
struct Order {
    customer: String,
    items: Vec<Item>,
    courier: Option<CourierId>,
    #[serde(skip)]
    placed: Instant,
}

/// An order with its id, as clients see it.
#[derive(Debug, Serialize)]
struct Ticket {
    id: OrderId,
    #[serde(flatten)]
    order: Order,
    waited_ms: u128,
}

impl Ticket {
    fn new(id: OrderId, order: &Order) -> Self {
        Self {
            id,
            order: order.clone(),
            waited_ms: order.placed.elapsed().as_millis(),
        }
    }
}

#[mapkeeper::tracked]
#[derive(Debug, Default)]
pub(crate) struct OrderService {
    #[map]
    orders: HashMap<OrderId, Option<Order>>,
    #[map]
    deliveries: HashMap<CourierId, u64>,
    last_id: u64,
    /// Release 2.4: remember which orders were completed, so that an impatient courier who
    /// confirms twice is not told that the order never existed.
    keeps_completed: bool,
}

impl OrderService {
    fn place(&mut self, new: NewOrder) -> OrderId {
        self.last_id += 1;
        let id = OrderId(self.last_id);
        let NewOrder { customer, items } = new;
        let order = Order {
            customer,
            items,
            courier: None,
            placed: Instant::now(),
        };
        self.orders.insert(id, Some(order));
        id
    }

    fn open_order(&self, id: OrderId) -> Option<Ticket> {
        let order = self.orders.get(&id)?.as_ref()?;
        Some(Ticket::new(id, order))
    }

    /// Hands the unassigned order that has waited longest to this courier.
    fn assign_next(&mut self, courier: CourierId) -> Option<Ticket> {
        let (id, _) = self
            .orders
            .iter()
            .filter_map(|(&id, order)| Some((id, order.as_ref()?)))
            .filter(|(_, order)| order.courier.is_none())
            .min_by_key(|(_, order)| order.placed)?;
        let order = self.orders.get_mut(&id)?.as_mut()?;
        order.courier = Some(courier);
        Some(Ticket::new(id, order))
    }

    /// Closes an order; `false` if there never was one under this id.
    fn complete(&mut self, id: OrderId) -> bool {
        if !self.orders.contains_key(&id) {
            return false;
        }
        let completed = if self.keeps_completed {
            self.orders.insert(id, None)
        } else {
            self.orders.remove(&id)
        };
        if let Some(courier) = completed.flatten().and_then(|order| order.courier) {
            *self.deliveries.entry(courier).or_default() += 1;
        }
        true
    }

    /// The maps' metrics say which release they are of.
    fn roll_out(&mut self, release: Release) {
        self.keeps_completed = release == Release::KeepsCompleted;
        mapkeeper::prometheus::set_release(release.name());
    }

    fn purge(&mut self) {
        self.orders.retain(|_, order| order.is_some());
        self.orders.shrink_to_fit();
    }
}

#[derive(Clone, Default)]
struct App(Arc<RwLock<OrderService>>);

impl App {
    fn read(&self) -> RwLockReadGuard<'_, OrderService> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, OrderService> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes over an empty order book, with mapkeeper's page or without.
pub(crate) fn router(release: Release, inspector: bool) -> Router {
    let app = App::default();
    app.write().roll_out(release);
    let routes = Router::new()
        .route("/", get(|| async { ROUTES }))
        .route("/orders", post(place))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/complete", post(complete))
        .route("/couriers/{courier}/next", post(next))
        .route("/deploy", post(deploy))
        .route("/fix", post(fix))
        .route("/maps", get(|| async { mapkeeper::report().to_string() }))
        .with_state(app);
    if inspector {
        routes.nest_service("/debug/maps", mapkeeper::inspector::router())
    } else {
        routes
    }
}

async fn place(State(app): State<App>, Json(new): Json<NewOrder>) -> (StatusCode, Json<OrderId>) {
    (StatusCode::CREATED, Json(app.write().place(new)))
}

async fn show(State(app): State<App>, Path(id): Path<OrderId>) -> Result<Json<Ticket>, StatusCode> {
    app.read()
        .open_order(id)
        .map(Json)
        .ok_or(StatusCode::NOT_FOUND)
}

async fn next(
    State(app): State<App>,
    Path(courier): Path<CourierId>,
) -> Result<Json<Ticket>, StatusCode> {
    app.write()
        .assign_next(courier)
        .map(Json)
        .ok_or(StatusCode::NOT_FOUND)
}

async fn complete(State(app): State<App>, Path(id): Path<OrderId>) -> StatusCode {
    if app.write().complete(id) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

async fn deploy(State(app): State<App>) -> StatusCode {
    app.write().roll_out(Release::KeepsCompleted);
    StatusCode::NO_CONTENT
}

async fn fix(State(app): State<App>) -> StatusCode {
    let mut app = app.write();
    app.roll_out(Release::Healthy);
    app.purge();
    StatusCode::NO_CONTENT
}

/// What can be rolled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// 2.3.
    Healthy,
    /// 2.4.
    KeepsCompleted,
}

impl Release {
    pub(crate) fn of(name: &str) -> Option<Self> {
        let all = [Self::Healthy, Self::KeepsCompleted];
        all.into_iter().find(|release| release.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Healthy => "2.3",
            Self::KeepsCompleted => "2.4",
        }
    }
}
