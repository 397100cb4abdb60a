package io.halfsecond.collector.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramPathsTest {
  @ParameterizedTest
  @CsvSource({
    "alice, /usr/bin/bash, /usr/bin/bash",
    "alice, /home/alice/bin/x, /home/~/bin/x",
    "alice, /home/bob/bin/x, /home/~/bin/x",
    "alice, /var/home/bob/x (deleted), /var/home/~/x (deleted)",
    "alice, /srv/alice/x, /srv/~/x",
    "alice, /srv/alice2/x, /srv/alice2/x",
    "alice, /opt/alice, /opt/~",
    "alice, alice, ~",
    "alice, /home/tool, /home/tool",
    "alice@example.org, /home/example.org/alice/x, /home/~/~/x",
    "EXAMPLE\\\\alice, /home/EXAMPLE/alice/x, /home/~/~/x",
    "'', /usr//bin/x, /usr//bin/x",
    "usr, /usr/bin/x, /~/bin/x"
  })
  void should_replace_the_names_of_users(String user, String path, String cleaned) {
    assertThat(new ProgramPaths(Optional.of(user)).clean(path)).isEqualTo(cleaned);
  }

  @Test
  void should_replace_what_is_below_home_when_the_user_is_not_known() {
    assertThat(new ProgramPaths(Optional.empty()).clean("/home/alice/x")).isEqualTo("/home/~/x");
  }

  @Test
  void should_add_up_programs_that_have_the_same_path_without_names() {
    var starts = new LinkedHashMap<String, Integer>();
    starts.put("/home/alice/x", 2);
    starts.put("/bin/sh", 1);
    starts.put("/home/bob/x", 3);

    assertThat(new ProgramPaths(Optional.empty()).clean(starts))
        .containsExactly(Map.entry("/home/~/x", 5), Map.entry("/bin/sh", 1));
  }
}
