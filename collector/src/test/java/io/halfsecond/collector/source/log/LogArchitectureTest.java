package io.halfsecond.collector.source.log;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.halfsecond.collector.sshd.SshdPrograms;
import org.junit.jupiter.api.Test;

class LogArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.halfsecond.collector.source.log");

  @Test
  void should_have_no_backtracking_when_parsing() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.regex..")
        .orShould()
        .callMethod(String.class, "matches", String.class)
        .orShould()
        .callMethod(String.class, "replaceAll", String.class, String.class)
        .check(CLASSES);
  }

  @Test
  void should_be_pure_when_it_is_grammar() {
    classes()
        .that()
        .haveSimpleNameStartingWith("SshdLogParser")
        .or()
        .haveSimpleNameStartingWith("SshdGrammar")
        .or()
        .belongToAnyOf(
            LogField.class, LogMeaning.class, LogPattern.class, LogReading.class, LogTemplate.class)
        .or()
        .haveSimpleName("SyslogLine")
        .or()
        .haveSimpleName("LogTime")
        .or()
        .haveSimpleName("TextCursor")
        .or()
        .haveSimpleName("LogCalendar")
        .or()
        .haveSimpleName("Redaction")
        .or()
        .haveSimpleName("JournalEntry")
        .or()
        .haveSimpleName("LineSplitter")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "java.io..",
                    "java.nio.charset..",
                    "com.fasterxml.jackson.core..",
                    "org.jspecify..",
                    "io.halfsecond.collector.event",
                    "io.halfsecond.collector.source.log")
                .or(type(SshdPrograms.class)))
        .andShould()
        .notBeAssignableTo(Thread.class)
        .check(CLASSES);
  }
}
