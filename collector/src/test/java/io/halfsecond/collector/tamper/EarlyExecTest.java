package io.halfsecond.collector.tamper;

import static org.assertj.core.api.Assertions.assertThat;

import io.halfsecond.collector.event.ExitStatus;
import io.halfsecond.collector.event.KernelEvent;
import io.halfsecond.collector.event.KernelEvent.Program;
import io.halfsecond.collector.event.KernelEvent.RanProgram;
import io.halfsecond.collector.event.Usage;
import io.halfsecond.schemas.Statement;
import io.halfsecond.schemas.TamperFact;
import io.halfsecond.schemas.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A listener (10), a monitor (20), its preauth child (21); times are seconds.
class EarlyExecTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int SSHD_UID = 100;
  private static final Instant START = Instant.parse("2026-11-29T12:00:00Z");

  @TempDir private Path directory = Path.of("unset");

  private final Set<String> declared = new HashSet<>();
  private final List<Finding> found = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private EarlyExec rule;

  @BeforeEach
  void begin() {
    rule = rule();
    see(new KernelEvent.ListenerFound(0, 10, "sshd"));
  }

  private EarlyExec rule() {
    return new EarlyExec(
        Set.of(SSHD_UID),
        new KnownPrograms(directory, () -> declared, START, List.of(directory)),
        nanos -> START.plusNanos(nanos));
  }

  private void see(KernelEvent event) {
    rule.see(event);
  }

  private void fork(int parent, int pid) {
    see(new KernelEvent.Forked(SECOND, parent, pid, Optional.empty()));
  }

  private void exec(int pid, String comm, Program program) {
    see(new KernelEvent.Executed(2 * SECOND, pid, comm, Optional.of(program)));
  }

  private void exit(int pid, int status) {
    see(new KernelEvent.Exited(3 * SECOND, pid, 1, new ExitStatus.Code(status), Optional.empty()));
  }

  /// Until the preauth child has dropped its privileges.
  private void connect() {
    fork(10, 20);
    see(new KernelEvent.Executed(SECOND, 20, "sshd"));
    fork(20, 21);
    see(new KernelEvent.UserChanged(SECOND, 21, SSHD_UID, SSHD_UID, Optional.empty()));
  }

  private Program program(String name, int uid) throws IOException {
    var file = directory.resolve(name);
    if (Files.notExists(file)) {
      Files.writeString(file, name);
    }
    return program(file, uid);
  }

  private static Program program(Path file, int uid) throws IOException {
    return new Program(
        file.toRealPath().toString(),
        (long) Files.getAttribute(file, "unix:dev"),
        (long) Files.getAttribute(file, "unix:ino"),
        uid,
        Optional.empty());
  }

  private List<TamperFact> judge(Duration later) {
    found.clear();
    found.addAll(rule.judge(later.toNanos()));
    return found.stream().flatMap(finding -> finding.facts().stream()).toList();
  }

  private List<TamperFact> judge() {
    return judge(KnownPrograms.LEARNING.plusSeconds(5));
  }

  @Test
  void should_find_a_program_that_root_runs_while_nobody_is_authenticated() throws IOException {
    // when
    connect();
    fork(20, 22);
    exec(22, "anything", program("payload", 0));
    fork(22, 23);
    exec(23, "id", program("id", 0));

    // then: with the chain, and what it runs in turn is no further finding
    assertThat(judge())
        .singleElement()
        .satisfies(
            fact -> {
              assertThat(fact.getObject()).endsWith("/payload");
              assertThat(fact.getStatements())
                  .extracting(Statement::getText)
                  .contains("sshd 20 → anything 22");
            });
    assertThat(judge()).isEmpty();
  }

  @Test
  void should_find_what_the_unprivileged_child_runs() throws IOException {
    connect();
    fork(21, 24);
    exec(24, "sh", program("sh", SSHD_UID));

    assertThat(judge()).hasSize(1);
  }

  @Test
  void should_be_silent_before_and_after_and_about_other_users() throws IOException {
    // given: as AuthorizedKeysCommand runs
    connect();
    fork(20, 22);
    exec(22, "keys", program("keys", 65534));
    // the start of the preauth child's own program
    fork(10, 30);
    fork(30, 31);
    exec(31, "sshd-auth", program("sshd-auth", 0));
    // a session
    exit(21, 0);
    fork(20, 25);
    exec(25, "sh", program("sh", 0));
    // another program of root's
    fork(1, 90);
    exec(90, "sh", program("sh", 0));

    // then
    assertThat(judge()).isEmpty();
  }

  @Test
  void should_know_what_the_configuration_declares_and_what_that_runs() throws IOException {
    // given
    var keys = program("keys", 0);
    declared.add(keys.path());

    // when
    connect();
    fork(20, 22);
    exec(22, "keys", keys);
    fork(22, 23);
    exec(23, "sh", program("sh", 0));
    // a script is its interpreter to the kernel
    fork(20, 26);
    var shell = program("sh", 0);
    exec(
        26,
        "script",
        new Program(shell.path(), shell.device(), shell.inode(), 0, Optional.of(keys.path())));

    // then
    assertThat(judge()).isEmpty();
  }

  /// A shell that is shown at the path of a declared program, and one that only has its name.
  @Test
  void should_tell_a_shell_under_another_name() throws IOException {
    // given
    var keys = program("keys", 0);
    declared.add(keys.path());
    var shell = program("sh", 0);

    // when
    connect();
    fork(20, 22);
    exec(22, "keys", new Program(keys.path(), shell.device(), shell.inode(), 0, Optional.empty()));
    var other = Files.createDirectory(directory.resolve("tmp")).resolve("unix_chkpwd");
    Files.writeString(other, "sh");
    fork(20, 23);
    exec(23, "unix_chkpwd", program(other, 0));

    // then
    assertThat(judge())
        .extracting(TamperFact::getObject)
        .containsExactly(keys.path(), other.toRealPath().toString());
  }

  /// A hard link has the inode of the shell.
  @Test
  void should_tell_a_shell_that_is_linked_to_the_name_of_a_declared_program() throws IOException {
    var shell = program("sh", 0);
    var link = Files.createLink(directory.resolve("keys"), Path.of(shell.path()));
    declared.add(link.toRealPath().toString());

    connect();
    fork(20, 22);
    exec(22, "keys", program(link, 0));

    assertThat(judge()).extracting(TamperFact::getObject).containsExactly(link.toString());
  }

  @Test
  void should_learn_no_copy_of_a_shell_and_nothing_where_everybody_can_write() throws IOException {
    // given: a shell, its copy, and a program elsewhere
    var shell = program("sh", 0);
    Files.copy(Path.of(shell.path()), directory.resolve("copy"));
    var elsewhere = Files.writeString(Files.createTempFile("halfsecond", "x"), "x");

    // when
    connect();
    fork(20, 22);
    exec(22, "copy", program(directory.resolve("copy"), 0));
    fork(20, 23);
    exec(23, "x", program(elsewhere, 0));

    // then
    assertThat(judge(Duration.ofDays(1)))
        .extracting(TamperFact::getObject)
        .containsExactly(
            directory.resolve("copy").toRealPath().toString(), elsewhere.toRealPath().toString());
    Files.delete(elsewhere);
  }

  /// Gone before /proc was read: the kernel's account has a file without a path.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void should_find_what_was_gone_at_once_by_its_account(boolean accountFirst) throws IOException {
    // given
    var known = program("keys", 0);
    declared.add(known.path());
    connect();
    int pid = 30;

    // when: declared; a shell; one that is nowhere; one that has dropped to another user
    for (var ran :
        List.of(
            ran("keys", known, 0),
            ran("sh", program("sh", 0), 0),
            new RanProgram("payload", 1, 4711, 0),
            ran("id", program("id", 0), 65534))) {
      fork(20, ++pid);
      var account =
          new KernelEvent.Accounted(2 * SECOND, pid, new Usage(1, 1, 1), Optional.of(ran));
      if (accountFirst) {
        see(account);
      }
      see(new KernelEvent.Executed(2 * SECOND, pid, ""));
      if (!accountFirst) {
        exit(pid, 0);
        see(account);
      }
    }

    // then
    assertThat(judge())
        .extracting(TamperFact::getObject)
        .containsExactly(
            program("sh", 0).path(), "a program named payload (device 00:01, inode 4711)");
    assertThat(found).extracting(Finding::tier).containsExactly(Tier.STEP, Tier.CREEP);
  }

  private static RanProgram ran(String name, Program program, int uid) {
    return new RanProgram(name, program.device(), program.inode(), uid);
  }

  @Test
  void should_know_a_declared_program_that_an_upgrade_has_replaced() throws IOException {
    var keys = program("keys", 0);
    declared.add(keys.path());

    connect();
    fork(20, 22);
    exec(
        22,
        "keys",
        new Program(keys.path() + " (deleted)", keys.device(), keys.inode(), 0, Optional.empty()));

    assertThat(judge()).isEmpty();
  }

  @Test
  void should_learn_in_the_first_week_and_keep_it_and_never_learn_a_shell() throws IOException {
    // given
    connect();
    fork(20, 22);
    exec(22, "helper", program("helper", 0));
    fork(20, 23);
    exec(23, "python3.11", program("python3.11", 0));
    assertThat(judge(Duration.ofDays(1)))
        .singleElement()
        .satisfies(fact -> assertThat(fact.getObject()).endsWith("/python3.11"));

    // when: a later run
    rule = rule();
    see(new KernelEvent.ListenerFound(0, 10, "sshd"));
    connect();
    fork(20, 22);
    exec(22, "helper", program("helper", 0));
    fork(20, 23);
    exec(23, "new", program("new", 0));

    // then
    assertThat(judge())
        .extracting(TamperFact::getObject)
        .singleElement()
        .asString()
        .endsWith("/new");
  }

  @Test
  void should_tell_a_program_again_but_not_each_time() throws IOException {
    var after = KnownPrograms.LEARNING.plusSeconds(1);
    for (int n = 0; n < 5; n++) {
      connect();
      fork(20, 22);
      exec(22, "x", program("x", 0));
      exit(22, 0);
      exit(21, 255);
      exit(20, 255);
      assertThat(judge(after)).hasSize(n == 0 ? 1 : 0);
    }
    connect();
    fork(20, 22);
    exec(22, "x", program("x", 0));
    assertThat(judge(after.plus(ToldRecently.EVERY))).hasSize(1);
  }

  @Test
  void should_not_judge_a_connection_that_a_loss_concerns() throws IOException {
    connect();
    see(new KernelEvent.Lost(SECOND, 0, 1));
    fork(20, 22);
    exec(22, "x", program("x", 0));

    assertThat(judge()).isEmpty();
  }

  @Test
  void should_begin_the_week_anew_when_what_was_learnt_cannot_be_read() throws IOException {
    Files.write(directory.resolve(KnownPrograms.FILE), new byte[] {(byte) 0xff, 1, 2});

    rule = rule();

    assertThat(Files.readAllLines(directory.resolve(KnownPrograms.FILE)))
        .containsExactly(START.toString());
  }
}
