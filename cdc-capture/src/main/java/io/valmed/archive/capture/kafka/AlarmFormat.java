package io.valmed.archive.capture.kafka;

import io.valmed.archive.capture.event.Alarm;
import io.valmed.archive.capture.event.SourceEvent.Place;
import io.valmed.archive.model.Lsn;
import io.valmed.archive.model.topic.AlarmRecord;

/** The records of the alarms topic: no key, one JSON object the value. */
final class AlarmFormat {
  private AlarmFormat() {}

  static byte[] write(Alarm alarm) {
    Place place = alarm.place();
    return new AlarmRecord(
            alarm.kind(),
            alarm.table() == null ? null : alarm.table().toString(),
            alarm.detail(),
            alarm.epoch(),
            Lsn.text(place.lsn()),
            place.txid(),
            place.committedAtMicros(),
            place.origin())
        .value();
  }
}
