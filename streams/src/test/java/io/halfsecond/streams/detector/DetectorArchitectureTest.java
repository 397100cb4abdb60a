package io.halfsecond.streams.detector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Directions within the detector: it uses its state, and both use the mathematics of evidence.
class DetectorArchitectureTest {
  private static final String ROOT = "io.halfsecond.streams";
  private static final String DETECTOR = ROOT + ".detector";
  private static final String EVIDENCE = DETECTOR + ".evidence";
  private static final String STATE = DETECTOR + ".state";

  private final JavaClasses streams =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void should_keep_the_mathematics_of_evidence_free_of_the_rest_of_the_detector() {
    classes()
        .that()
        .resideInAPackage(EVIDENCE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(EVIDENCE, ROOT + ".histogram", "java..", "org.jspecify..")
        .check(streams);
  }

  @Test
  void should_keep_the_building_blocks_of_state_free_of_keys_tiers_and_alerts() {
    classes()
        .that()
        .resideInAPackage(STATE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(STATE, EVIDENCE, ROOT + ".histogram", "java..", "org.jspecify..")
        .check(streams);
  }

  @Test
  void should_hide_evidence_and_state_from_all_other_packages() {
    classes()
        .that()
        .resideInAnyPackage(EVIDENCE, STATE)
        .should()
        .onlyBeAccessed()
        .byAnyPackage(DETECTOR, EVIDENCE, STATE)
        .check(streams);
  }
}
