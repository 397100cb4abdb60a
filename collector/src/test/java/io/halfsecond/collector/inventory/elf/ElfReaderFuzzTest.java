package io.halfsecond.collector.inventory.elf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.halfsecond.collector.inventory.elf.Elf.InMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

class ElfReaderFuzzTest {
  private static final String NAME = "/usr/lib/libx.so";

  @FuzzTest
  void should_give_a_bounded_object_or_an_error_that_names_the_file(byte[] input)
      throws IOException {
    try {
      // when
      var elf = ElfReader.read(NAME, new InMemory(ByteBuffer.wrap(input)));

      // then
      int characters =
          Stream.of(elf.needed(), elf.rpath(), elf.runpath())
              .flatMap(names -> names.stream())
              .mapToInt(String::length)
              .sum();
      assertThat(characters + elf.soname().length()).isLessThanOrEqualTo(ElfReader.LARGEST_TABLE);
      assertThat(elf.needed().size()).isLessThanOrEqualTo(input.length / 8);
      assertThat(elf.buildId().length()).isLessThanOrEqualTo(128);
    } catch (MalformedElfException e) {
      assertThat(e).hasMessageStartingWith(NAME + ": ");
    }
  }
}
