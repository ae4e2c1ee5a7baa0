package io.valmed.archive.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;

/** Dependencies point one way, and names say what a class does. */
@AnalyzeClasses(
    packages = "io.valmed.archive",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.valmed.archive.";

  @ArchTest
  static final ArchRule the_model_needs_nothing_but_the_jdk_and_streaming_json =
      classes()
          .that()
          .resideInAPackage(ROOT + "model..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "model..", "java..", "com.fasterxml.jackson.core..", "org.jspecify..");

  @ArchTest
  static final ArchRule the_runtime_knows_no_service =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + "capture..",
              ROOT + "sink..",
              ROOT + "purge..",
              ROOT + "migrations..",
              ROOT + "cli..",
              ROOT + "stack..");

  @ArchTest
  static final ArchRule what_services_share_knows_none_of_them =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + "databases..", ROOT + "operations..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "capture..", ROOT + "sink..", ROOT + "purge..", ROOT + "cli..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule capture_knows_no_other_service = stands_alone("capture", "sink", "purge");

  @ArchTest
  static final ArchRule the_sink_knows_no_other_service = stands_alone("sink", "capture", "purge");

  @ArchTest
  static final ArchRule the_purge_worker_knows_no_other_service =
      stands_alone("purge", "capture", "sink");

  @ArchTest
  static final ArchRule a_services_logic_knows_its_ports_not_what_implements_them =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + "capture", ROOT + "sink")
          .and()
          .haveSimpleNameNotEndingWith("Service")
          .and()
          // Open the connections anew after each failure: part of the assembly.
          .haveNameNotMatching(".*\\.(Capture(Opening)?|EpochOpening|EpochStream|NewEpoch|OldEpoch)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "*.kafka..", ROOT + "*.postgres..", ROOT + "*.debezium..");

  /** The service's root package is the assembly, and that alone. */
  @ArchTest
  static final ArchRule the_purges_logic_knows_its_ports_not_their_sql =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "purge.run..",
              ROOT + "purge.lane..",
              ROOT + "purge.page..",
              ROOT + "purge.pace..",
              ROOT + "purge.maintain..",
              ROOT + "purge.count..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + "purge", ROOT + "purge.postgres..");

  @ArchTest
  static final ArchRule a_class_is_named_for_its_deed =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Utils?|Impl)")
          .orShould()
          .haveSimpleNameStartingWith("Base");

  @ArchTest
  static final ArchRule time_is_injected =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "bench..", ROOT + "demo..")
          .should(callMethodsOfAWallClock());

  /** Of this machine; hot's and the archive's are asked for by SQL, waits use a steady one. */
  private static ArchCondition<JavaClass> callMethodsOfAWallClock() {
    return ArchConditions.callMethodWhere(
        new DescribedPredicate<JavaMethodCall>("the wall clock is asked") {
          @Override
          public boolean test(JavaMethodCall call) {
            String owner = call.getTargetOwner().getName();
            String name = call.getName();
            return (owner.startsWith("java.time.") && name.equals("now"))
                || (owner.equals("java.lang.System") && name.equals("currentTimeMillis"));
          }
        });
  }

  private static ArchRule stands_alone(String service, String... others) {
    String[] forbidden = new String[others.length + 2];
    for (int i = 0; i < others.length; i++) {
      forbidden[i] = ROOT + others[i] + "..";
    }
    forbidden[others.length] = ROOT + "cli..";
    forbidden[others.length + 1] = ROOT + "stack..";
    return noClasses()
        .that()
        .resideInAPackage(ROOT + service + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden);
  }
}
