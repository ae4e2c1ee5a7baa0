package io.valmed.archive.bench.ground;

import io.valmed.archive.stack.LocalStack;

/** A site's {@code archive.yaml}: ValMed's policy, the product's defaults, no throttle. */
final class SiteSettings {
  private SiteSettings() {}

  static String text(LocalStack stack, String name) {
    return """
        prefix: %1$s
        hot:
          url: %2$s
          migrator: { user: %3$s, password-file: %4$s }
          capture: { user: %1$s_capture, password-file: capture.password }
          purger: { user: %1$s_purger, password-file: hot-purger.password }
        archive:
          url: %5$s
          migrator: { user: %6$s, password-file: %7$s }
          sink: { user: %1$s_sink, password-file: sink.password }
          purger: { user: %1$s_purger, password-file: archive-purger.password }
          reader: { user: %1$s_reader, password-file: reader.password }
        kafka: { bootstrap-servers: "%8$s" }
        policy:
          roots:
            public.medication_orders:
              age: created_at
              settled: "status in ('completed','discontinued')"
              cold-after: 90d
              children: { public.medication_administrations: { key: order_id, age: administration_time } }
            public.drug_transfers: { age: transfer_date, cold-after: 90d }
          reference:
            public.drugs: {}
            public.users: { exclude: [hashed_password, api_key] }
        capture: { slot: %1$s, publication: %1$s, health: { port: 0 } }
        sink: { health: { port: 0 } }
        purge: { worker: %1$s, rows-per-second: 0, every: 1s, health: { port: 0 } }
        """
        .formatted(
            name,
            stack.hot().jdbcUrl(name),
            stack.hot().superuser(),
            stack.hot().passwordFile(),
            stack.archive().jdbcUrl(name),
            stack.archive().superuser(),
            stack.archive().passwordFile(),
            stack.kafka().bootstrapServers());
  }
}
