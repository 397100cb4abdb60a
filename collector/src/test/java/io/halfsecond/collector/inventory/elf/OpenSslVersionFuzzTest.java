package io.halfsecond.collector.inventory.elf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.inventory.elf.Elf.InMemory;
import io.halfsecond.collector.inventory.host.ReadPacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

class OpenSslVersionFuzzTest {
  @FuzzTest
  void should_quote_the_file(byte[] input) throws IOException, InterruptedException {
    // when
    var version = OpenSslVersion.in(new InMemory(ByteBuffer.wrap(input)), ReadPacing.FAST);

    // then
    version.ifPresent(
        text -> assertThat(new String(input, StandardCharsets.ISO_8859_1)).contains(text + " "));
  }
}
