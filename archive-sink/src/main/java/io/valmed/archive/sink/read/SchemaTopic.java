package io.valmed.archive.sink.read;

import io.valmed.archive.model.topic.SchemaRecord;
import java.util.List;

/** The schema topic, read whole by each sink. Used by one thread. */
public interface SchemaTopic extends AutoCloseable {

  /**
   * The records that have been committed since the last call, up to the topic's end as it is when
   * this is called; all of them at the first call.
   *
   * @throws io.valmed.archive.runtime.StopException when the topic holds something else
   */
  List<SchemaRecord> readToEnd() throws Exception;

  @Override
  void close();
}
