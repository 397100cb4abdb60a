package io.halfsecond.deploy.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.inventory.OsRelease;
import io.halfsecond.schemas.Names;
import java.nio.charset.StandardCharsets;

class CohortFuzzTest {
  @FuzzTest
  void should_give_a_valid_name_or_none(byte[] input) {
    // when
    var cohort = Cohort.of(OsRelease.parse(new String(input, StandardCharsets.UTF_8)), "amd64");

    // then
    if (!cohort.isEmpty()) {
      assertThat(Names.requireCohort("cohort", cohort)).endsWith("-x86_64");
    }
  }
}
