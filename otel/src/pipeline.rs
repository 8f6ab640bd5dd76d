//! The SDK as a program sets it up: metrics, log records and spans to one receiver.

use std::{net::SocketAddr, time::Duration};

use mapkeeper::opentelemetry::{Events, Metrics, scope};
use opentelemetry::{logs::LoggerProvider, metrics::MeterProvider, trace::TracerProvider};
use opentelemetry_otlp::{
    LogExporter, MetricExporter, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    logs::SdkLoggerProvider,
    metrics::{PeriodicReader, SdkMeterProvider},
    trace::SdkTracerProvider,
};

use crate::Client;

/// The SDK's three providers, with mapkeeper's signals on them.
#[derive(Debug)]
pub struct Pipeline {
    /// Its reader collects when it is flushed, and each hour.
    pub meters: SdkMeterProvider,
    /// Of mapkeeper's log records.
    pub loggers: SdkLoggerProvider,
    /// Of mapkeeper's spans.
    pub tracers: SdkTracerProvider,
}

impl Pipeline {
    /// To the receiver at this address, which gets so much time for an answer.
    ///
    /// # Panics
    /// If an exporter cannot be made of that.
    #[must_use]
    pub fn to(address: SocketAddr, patience: Duration) -> Self {
        let at = |signal: &str| format!("http://{address}/v1/{signal}");
        let client = Client(patience);
        let metrics = MetricExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_timeout(patience)
            .with_endpoint(at("metrics"));
        let logs = LogExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_timeout(patience)
            .with_endpoint(at("logs"));
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_timeout(patience)
            .with_endpoint(at("traces"));
        let reader = PeriodicReader::builder(metrics.build().unwrap())
            .with_interval(Duration::from_secs(3_600))
            .build();
        let pipeline = Self {
            meters: SdkMeterProvider::builder().with_reader(reader).build(),
            loggers: SdkLoggerProvider::builder()
                .with_batch_exporter(logs.build().unwrap())
                .build(),
            tracers: SdkTracerProvider::builder()
                .with_batch_exporter(spans.build().unwrap())
                .build(),
        };
        Metrics::new().observe(&pipeline.meters.meter_with_scope(scope()));
        Events::new(pipeline.loggers.logger_with_scope(scope()))
            .with_tracer(pipeline.tracers.tracer_with_scope(scope()))
            .install();
        pipeline
    }

    /// Sends what there is; whether all of it arrived.
    pub fn flush(&self) -> bool {
        let metrics = self.meters.force_flush().is_ok();
        // A collection tells suspects, so records come after it.
        let logs = self.loggers.force_flush().is_ok();
        let spans = self.tracers.force_flush().is_ok();
        metrics && logs && spans
    }
}
