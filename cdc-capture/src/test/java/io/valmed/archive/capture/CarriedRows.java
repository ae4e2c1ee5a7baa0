package io.valmed.archive.capture;

import io.valmed.archive.model.topic.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the rows of a table of schema {@code public} went: its topic, the parked one, alarms. */
final class CarriedRows {
  private static final Pattern AFTER_ID = Pattern.compile("\"after\":\\{\"id\":\"(\\d+)\"");

  private final HotFixture hot;

  CarriedRows(HotFixture hot) {
    this.hot = hot;
  }

  /** The ids whose creation stands in the table's topic. */
  List<Integer> streamed(String table) {
    return hot.topic("public." + table).told("id").stream()
        .filter(told -> told.startsWith("c "))
        .map(told -> Integer.parseInt(told.substring(2)))
        .toList();
  }

  /** The table's parked changes, as they were written. */
  List<String> parked(String table) {
    return new TopicReader(hot.settings(), hot.topics().parked())
        .records().stream()
            .filter(
                record ->
                    new String(
                            record.headers().lastHeader(RecordHeaders.TABLE).value(),
                            StandardCharsets.UTF_8)
                        .equals("public." + table))
            .map(record -> new String(record.value(), StandardCharsets.UTF_8))
            .toList();
  }

  /** The ids whose creation is parked. */
  List<Integer> parkedIds(String table) {
    List<Integer> ids = new ArrayList<>();
    for (String value : parked(table)) {
      Matcher id = AFTER_ID.matcher(value);
      if (value.startsWith("{\"op\":\"c\"") && id.find()) {
        ids.add(Integer.parseInt(id.group(1)));
      }
    }
    return ids;
  }

  /** The alarms that name the table. */
  List<String> alarms(String table) {
    return new TopicReader(hot.settings(), hot.topics().alarms())
        .values().stream()
            .filter(alarm -> alarm.contains("\"table\":\"public.%s\"".formatted(table)))
            .toList();
  }
}
