package io.halfsecond.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String ROOT = "io.halfsecond.collector";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void should_flow_one_way() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("linux")
        .definedBy(ROOT + ".linux..")
        .layer("sshd")
        .definedBy(ROOT + ".sshd..")
        .layer("event")
        .definedBy(ROOT + ".event..")
        .layer("source")
        .definedBy(ROOT + ".source")
        .layer("kernel")
        .definedBy(ROOT + ".source.kernel..")
        .layer("log")
        .definedBy(ROOT + ".source.log..")
        .layer("client")
        .definedBy(ROOT + ".probe..")
        .layer("selftest")
        .definedBy(ROOT + ".selftest..")
        .layer("inventory")
        .definedBy(ROOT + ".inventory..")
        .layer("probe")
        .definedBy(ROOT + ".source.probe..")
        .layer("assembly")
        .definedBy(ROOT + ".assembly..")
        .layer("tamper")
        .definedBy(ROOT + ".tamper..")
        .layer("schedule")
        .definedBy(ROOT + ".schedule..")
        .layer("sink")
        .definedBy(ROOT + ".sink..")
        .layer("spool")
        .definedBy(ROOT + ".spool..")
        .layer("emit")
        .definedBy(ROOT + ".emit..")
        .layer("registry")
        .definedBy(ROOT + ".registry..")
        .layer("pipeline")
        .definedBy(ROOT + ".pipeline..")
        .layer("replay")
        .definedBy(ROOT + ".replay..")
        .layer("root")
        .definedBy(ROOT)
        .whereLayer("linux")
        .mayNotAccessAnyLayer()
        .whereLayer("sshd")
        .mayOnlyAccessLayers("linux", "event")
        .whereLayer("event")
        .mayNotAccessAnyLayer()
        .whereLayer("source")
        .mayOnlyAccessLayers("event")
        .whereLayer("kernel")
        .mayOnlyAccessLayers("event", "source", "linux", "sshd")
        .whereLayer("log")
        .mayOnlyAccessLayers("event", "source", "linux", "sshd")
        .whereLayer("client")
        .mayNotAccessAnyLayer()
        .whereLayer("selftest")
        .mayOnlyAccessLayers("linux", "sshd", "source", "schedule")
        .whereLayer("inventory")
        .mayOnlyAccessLayers("event", "source", "sshd", "linux", "schedule")
        .whereLayer("probe")
        .mayOnlyAccessLayers("event", "source", "client")
        .whereLayer("assembly")
        .mayOnlyAccessLayers("event", "sshd")
        .whereLayer("tamper")
        .mayOnlyAccessLayers("event", "assembly", "sshd", "inventory", "linux", "schedule")
        .whereLayer("schedule")
        .mayOnlyAccessLayers("source")
        .whereLayer("sink")
        .mayNotAccessAnyLayer()
        .whereLayer("spool")
        .mayOnlyAccessLayers("sink")
        .whereLayer("emit")
        .mayOnlyAccessLayers(
            "event", "source", "assembly", "selftest", "inventory", "tamper", "sink", "spool")
        .whereLayer("registry")
        .mayOnlyAccessLayers(
            "linux", "sshd", "event", "source", "kernel", "log", "probe", "assembly")
        .whereLayer("pipeline")
        .mayOnlyAccessLayers("event", "source", "linux", "assembly", "schedule")
        .whereLayer("replay")
        .mayOnlyAccessLayers("event", "source", "log", "assembly", "pipeline", "emit")
        .check(CLASSES);
  }

  @Test
  void should_flow_one_way_within_the_inventory() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("host")
        .definedBy(ROOT + ".inventory.host..")
        .layer("elf")
        .definedBy(ROOT + ".inventory.elf..")
        .layer("packages")
        .definedBy(ROOT + ".inventory.packages..")
        .layer("process")
        .definedBy(ROOT + ".inventory.process..")
        .layer("loader")
        .definedBy(ROOT + ".inventory.loader..")
        .layer("inspection")
        .definedBy(ROOT + ".inventory")
        .whereLayer("host")
        .mayNotAccessAnyLayer()
        .whereLayer("elf")
        .mayOnlyAccessLayers("host")
        .whereLayer("packages")
        .mayOnlyAccessLayers("host")
        .whereLayer("process")
        .mayOnlyAccessLayers("host", "elf")
        .whereLayer("loader")
        .mayOnlyAccessLayers("host", "elf", "process")
        .whereLayer("inspection")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void should_know_kafkas_clients_in_the_sink_only() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".sink..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.kafka.clients..")
        .check(CLASSES);
  }

  @Test
  void should_call_native_code_in_one_package() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  @Test
  void should_keep_the_assembler_pure() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".assembly..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "java.nio.file..",
            "java.io..",
            "java.net..",
            "java.util.concurrent..",
            "io.micrometer..",
            "org.slf4j..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(CLASSES);
  }
}
