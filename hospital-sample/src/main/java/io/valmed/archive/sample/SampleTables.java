package io.valmed.archive.sample;

import java.util.List;

/** The names of ValMed's tables, in the order in which their foreign keys let them be filled. */
public final class SampleTables {
  public static final String USERS = "public.users";
  public static final String DRUGS = "public.drugs";
  public static final String ORDERS = "public.medication_orders";
  public static final String ADMINISTRATIONS = "public.medication_administrations";
  public static final String TRANSFERS = "public.drug_transfers";

  /** All of them. */
  public static final List<String> ALL = List.of(USERS, DRUGS, ORDERS, ADMINISTRATIONS, TRANSFERS);

  private SampleTables() {}
}
