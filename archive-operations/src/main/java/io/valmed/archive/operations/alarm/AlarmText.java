package io.valmed.archive.operations.alarm;

import io.valmed.archive.databases.archive.AlarmTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An alarm as it is shown. */
public final class AlarmText {
  private AlarmText() {}

  /** An alarm as a line for people. */
  public static String line(AlarmTable.Alarm alarm) {
    AlarmTable.@Nullable Acknowledgement seen = alarm.acknowledged();
    return "alarm %d  %s  %s: %s%s"
        .formatted(
            alarm.id(),
            alarm.recordedAt().toInstant(),
            alarm.kind(),
            alarm.detail(),
            seen == null
                ? " Settle it with './archive alarms ack "
                    + alarm.id()
                    + " --by NAME --reason TEXT'."
                : " [" + seen.by() + ", " + seen.at().toInstant() + ": " + seen.reason() + "]");
  }

  /** An alarm for programs. */
  public static Map<String, @Nullable Object> map(AlarmTable.Alarm alarm) {
    AlarmTable.@Nullable Acknowledgement seen = alarm.acknowledged();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", alarm.id());
    map.put("kind", alarm.kind());
    map.put("table", alarm.table());
    map.put("detail", alarm.detail());
    map.put("lsn", alarm.lsn());
    map.put("committed_at", alarm.committedAt());
    map.put("recorded_at", alarm.recordedAt());
    map.put("acknowledged_by", seen == null ? null : seen.by());
    map.put("acknowledged_at", seen == null ? null : seen.at());
    map.put("reason", seen == null ? null : seen.reason());
    return map;
  }
}
