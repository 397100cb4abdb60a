package io.halfsecond.deploy.recording;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class RecordingFuzzTest {
  /// Deflate packs at most 1,032 bytes into one (zlib's technical details).
  private static final int MOST_PACKED = 1_032;

  @FuzzTest
  void should_give_entries_or_an_error(byte[] input) {
    try (var reader = Recording.Reader.open(new ByteArrayInputStream(input))) {
      long bytes = 0;
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        bytes += entry.get().topic().length() + entry.get().bytes().length;
      }
      assertThat(bytes).isLessThanOrEqualTo((long) MOST_PACKED * input.length);
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
