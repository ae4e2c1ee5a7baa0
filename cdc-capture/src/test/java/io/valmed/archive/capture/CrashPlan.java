package io.valmed.archive.capture;

import io.valmed.archive.capture.event.SourceEvent;
import io.valmed.archive.capture.event.SourceEvent.RowChange;
import io.valmed.archive.model.change.RowImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Fails once at each of the planned places; each time everything is closed and opened anew. */
final class CrashPlan implements FailPoint {
  private final List<Crash> left;
  private String last = "";

  /**
   * @param row the change, as operation and first column: {@code c1}, {@code d1}
   * @param place where, after that row was appended
   */
  record Crash(String row, Place place) {}

  CrashPlan(List<Crash> crashes) {
    left = new ArrayList<>(crashes);
  }

  @Override
  public synchronized void reached(Place place, @Nullable SourceEvent event) {
    if (event != null) {
      last = event instanceof RowChange row ? label(row) : event.getClass().getSimpleName();
    }
    if (left.remove(new Crash(last, place))) {
      throw new KafkaException("planned crash at " + last + " " + place);
    }
  }

  private static String label(RowChange row) {
    RowImage image = row.after() == null ? row.before() : row.after();
    return row.operation().letter() + Objects.requireNonNull(image).get(0);
  }

  synchronized List<Crash> left() {
    return List.copyOf(left);
  }
}
