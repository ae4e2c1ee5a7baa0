package io.valmed.archive.runtime.jdbc;

/** SQLSTATEs by PostgreSQL's names for them (appendix A of its manual). */
public final class SqlState {
  /** {@code 01007}. */
  public static final String PRIVILEGE_NOT_GRANTED = "01007";

  /** {@code 08003}. */
  public static final String CONNECTION_DOES_NOT_EXIST = "08003";

  /** {@code 08004}. */
  public static final String CONNECTION_REJECTED = "08004";

  /** {@code 21000}. */
  public static final String CARDINALITY_VIOLATION = "21000";

  /** {@code 22021}. */
  public static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";

  /** {@code 22023}. */
  public static final String INVALID_PARAMETER_VALUE = "22023";

  /** {@code 23001}. */
  public static final String RESTRICT_VIOLATION = "23001";

  /** {@code 23503}. */
  public static final String FOREIGN_KEY_VIOLATION = "23503";

  /** {@code 25006}. */
  public static final String READ_ONLY_TRANSACTION = "25006";

  /** {@code 25P03}. */
  public static final String IDLE_IN_TRANSACTION_TIMEOUT = "25P03";

  /** {@code 25P04}. */
  public static final String TRANSACTION_TIMEOUT = "25P04";

  /** {@code 28000}. */
  public static final String INVALID_AUTHORIZATION = "28000";

  /** {@code 28P01}. */
  public static final String INVALID_PASSWORD = "28P01";

  /** {@code 3F000}. */
  public static final String INVALID_SCHEMA_NAME = "3F000";

  /** {@code 40001}. */
  public static final String SERIALIZATION_FAILURE = "40001";

  /** {@code 40P01}. */
  public static final String DEADLOCK_DETECTED = "40P01";

  /** {@code 42501}. */
  public static final String INSUFFICIENT_PRIVILEGE = "42501";

  /** {@code 42703}. */
  public static final String UNDEFINED_COLUMN = "42703";

  /** {@code 42704}. */
  public static final String UNDEFINED_OBJECT = "42704";

  /** {@code 42883}. */
  public static final String UNDEFINED_FUNCTION = "42883";

  /** {@code 42P01}. */
  public static final String UNDEFINED_TABLE = "42P01";

  /** {@code 42P07}. */
  public static final String DUPLICATE_TABLE = "42P07";

  /** {@code 53300}. */
  public static final String TOO_MANY_CONNECTIONS = "53300";

  /** {@code 54000}. */
  public static final String PROGRAM_LIMIT_EXCEEDED = "54000";

  /** {@code 55000}. */
  public static final String OBJECT_NOT_IN_PREREQUISITE_STATE = "55000";

  /** {@code 55006}. */
  public static final String OBJECT_IN_USE = "55006";

  /** {@code 55P03}. */
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  /** {@code 57014}. */
  public static final String QUERY_CANCELED = "57014";

  /** {@code 57P01}. */
  public static final String ADMIN_SHUTDOWN = "57P01";

  /** {@code 57P02}. */
  public static final String CRASH_SHUTDOWN = "57P02";

  /** {@code 57P03}. */
  public static final String CANNOT_CONNECT_NOW = "57P03";

  /** {@code 57P05}. */
  public static final String IDLE_SESSION_TIMEOUT = "57P05";

  /** {@code 23505}. */
  public static final String UNIQUE_VIOLATION = "23505";

  private SqlState() {}
}
