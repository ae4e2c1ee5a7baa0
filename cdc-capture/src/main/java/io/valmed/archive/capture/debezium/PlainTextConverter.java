package io.valmed.archive.capture.debezium;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.valmed.archive.capture.SourceEvent;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Hands on every column as text. A value that is no text becomes a mark, told by identity, that the
 * {@link EventReader} refuses: were it thrown here, the connector would write NULL instead.
 */
public final class PlainTextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
  /** Stands for a value that came in another form than text. */
  @SuppressWarnings("StringOperationCanBeSimplified") // told by identity
  private static final String UNREADABLE = new String("unreadable");

  /** Whether the text is the mark of a value in another form, and no value that equals it. */
  @SuppressWarnings("ReferenceEquality")
  static boolean unreadable(@Nullable String text) {
    return text == UNREADABLE;
  }

  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    registration.register(
        SchemaBuilder.string().optional(), new Plain(column.hasDefaultValue(), column));
  }

  /** One column's converter, as registered for one description of its table. */
  private static final class Plain implements Converter {
    private final @Nullable Object defaultValue;
    private boolean defaultAwaited;

    Plain(boolean hasDefault, RelationalColumn column) {
      this.defaultValue = hasDefault ? column.defaultValue() : null;
      this.defaultAwaited = defaultValue != null;
    }

    @Override
    public @Nullable Object convert(@Nullable Object value) {
      if (defaultAwaited) {
        // The column's default comes first, once, for the schema. A default there would stand in
        // for NULL in data, so there is none.
        defaultAwaited = false;
        if (value == defaultValue) {
          return null;
        }
      }
      if (value == null || value instanceof String) {
        return value;
      }
      return UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value)
          ? SourceEvent.NOT_SENT
          : UNREADABLE;
    }
  }
}
