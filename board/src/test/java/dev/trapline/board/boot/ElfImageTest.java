package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Image;
import dev.trapline.board.boot.ElfImage.Location;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ElfImageTest {

    private static final byte[] CODE = {1, 2, 3, 4};

    @Test
    void segmentsComeInOrderOfAddressWithTheirZeroFill() {
        ElfImage image = parse(
                new ElfBuilder().segment(0x4020_0000L, CODE, 0x1000).segment(0x4008_0000L, new byte[] {5, 6, 7, 8}, 4));

        assertThat(image.entry()).as("the entry point of the header").isEqualTo(0x4008_0000L);
        assertThat(image.segments())
                .as("ascending by address, sizes as in the program headers")
                .containsExactly(
                        new ElfImage.Segment(1, 0x4008_0000L, 0x4008_0000L, Bytes.copyOf(new byte[] {5, 6, 7, 8}), 4),
                        new ElfImage.Segment(0, 0x4020_0000L, 0x4020_0000L, Bytes.copyOf(CODE), 0x1000));
    }

    @Test
    void emptyAndOtherSegmentsAreNotLoaded() {
        ElfImage image = parse(new ElfBuilder()
                .segment(0x4008_0000L, CODE, 4)
                .segment(0x4009_0000L, new byte[0], 0)
                .segment(0x6474_e551, 0x4000_0000L, 0x4000_0000L, CODE, 4));

        assertThat(image.segments()).as("PT_LOAD with memory alone").hasSize(1);
    }

    @Test
    void entryAndNamesFollowALinkToAnotherVirtualAddress() {
        long kernel = 0xffff_8000_0000_0000L;
        ElfImage image = parse(new ElfBuilder()
                .entry(kernel + 8)
                .segment(1, kernel, 0x4020_0000L, new byte[0x20], 0x20)
                .function("start", kernel, 0x20));

        assertThat(image.entry()).as("the MMU is off at the start").isEqualTo(0x4020_0008L);
        assertThat(image.symbolAt(kernel + 8)).isEqualTo(new Location("start", 8));
        assertThat(image.symbolAt(0x4020_0010L))
                .as("before the guest switches its MMU on, PC is physical")
                .isEqualTo(new Location("start", 0x10));
    }

    @Test
    void addressesAreNamedByTheSymbolBeforeThem() {
        ElfImage image = parse(ElfBuilder.small());

        assertThat(image.symbolAt(0x4008_0000L)).hasToString("_start");
        assertThat(image.symbolAt(0x4008_0014L)).hasToString("main+0x4");
        assertThat(image.symbolAt(0x4008_0030L)).as("main ends before").isNull();
        assertThat(image.symbolAt(0x4007_ffffL)).as("below the image").isNull();
        assertThat(image.symbolAt(0x4008_0100L)).as("after the image").isNull();
    }

    @Test
    void labelsWithoutASizeReachToTheNextOneAndNeverBeyondTheirSegment() {
        ElfImage image = parse(new ElfBuilder()
                .segment(0x4008_0000L, new byte[0x20], 0x20)
                .segment(0x4009_0000L, new byte[0x20], 0x20)
                .symbol("first", 0, 1, 0x4008_0000L, 0)
                .symbol("second", 0, 1, 0x4008_0010L, 0));

        assertThat(image.symbolAt(0x4008_000cL)).hasToString("first+0xc");
        assertThat(image.symbolAt(0x4008_001cL)).hasToString("second+0xc");
        assertThat(image.symbolAt(0x4009_0000L)).as("another segment").isNull();
    }

    @Test
    void onlyFunctionsAndLabelsInSectionsAreNames() {
        ElfImage image = parse(ElfBuilder.small()
                .symbol("$x", 0, 1, 0x4008_0000L, 0)
                .symbol("object", 0x11, 1, 0x4008_0014L, 4)
                .symbol("absolute", 0x10, 0xfff1, 0x4008_0018L, 0)
                .symbol("undefined", 0x10, 0, 0x4008_001cL, 0));

        assertThat(image.symbols().values())
                .extracting(ElfImage.Symbol::name)
                .as("mapping symbols, objects, absolute values and undefined names are not symbols")
                .containsExactly("_start", "main");
    }

    @Test
    void ofSeveralNamesTheFunctionWinsThenTheGlobalThenTheAlphabet() {
        long at = 0x4008_0000L;
        ElfBuilder labels = new ElfBuilder()
                .segment(at, CODE, 4)
                .symbol("local", 0, 1, at, 0)
                .symbol("global_b", 0x10, 1, at, 0)
                .symbol("global_a", 0x10, 1, at, 0);

        assertThat(parse(labels).symbolAt(at)).hasToString("global_a");
        assertThat(parse(labels.symbol("zz_function", 0x02, 1, at, 4)).symbolAt(at))
                .hasToString("zz_function");
    }

    @Test
    void aStrippedFileHasNoNames() {
        ElfImage image = parse(ElfBuilder.small().patch(0x28, 8, 0).patch(0x3c, 2, 0));

        assertThat(image.symbols()).isEmpty();
        assertThat(image.symbolAt(0x4008_0000L)).isNull();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("magic", ElfBuilder.small().patch(0, 1, 0), List.of("not an ELF file")),
                Arguments.of("class", ElfBuilder.small().patch(4, 1, 1), List.of("32-bit", "ILP32", "64-bit AArch64")),
                Arguments.of(
                        "64-bit Arm",
                        ElfBuilder.small().patch(0x12, 2, 40),
                        List.of("64-bit ELF file for Arm (AArch32)")),
                Arguments.of("32-bit x86", small32().patch(0x12, 2, 3), List.of("32-bit ELF file for x86 (i386)")),
                Arguments.of("32-bit entry odd", small32().entry(0x4008_0002L), List.of("multiple of 4")),
                Arguments.of("32-bit big-endian", small32().patch(5, 1, 2), List.of("big-endian")),
                Arguments.of("32-bit entry size", small32().patch(0x2a, 2, 56), List.of("56 bytes", "0x2a", "not 32")),
                Arguments.of("class 3", ElfBuilder.small().patch(4, 1, 3), List.of("class 3")),
                Arguments.of("byte order", ElfBuilder.small().patch(5, 1, 2), List.of("big-endian")),
                Arguments.of("machine", ElfBuilder.small().patch(0x12, 2, 62), List.of("x86-64", "AArch64")),
                Arguments.of("unknown machine", ElfBuilder.small().patch(0x12, 2, 999), List.of("machine number 999")),
                Arguments.of("object", ElfBuilder.small().patch(0x10, 2, 1), List.of("not linked")),
                Arguments.of("PIE", ElfBuilder.small().patch(0x10, 2, 3), List.of("position-independent", "-no-pie")),
                Arguments.of("core", ElfBuilder.small().patch(0x10, 2, 4), List.of("core dump")),
                Arguments.of("version", ElfBuilder.small().patch(0x14, 4, 2), List.of("version 2")),
                Arguments.of("interpreter", ElfBuilder.small().patch(0x40, 4, 3), List.of("dynamic linker", "-static")),
                Arguments.of("dynamic", ElfBuilder.small().patch(0x40, 4, 2), List.of("dynamic linker")),
                Arguments.of("no headers", ElfBuilder.small().patch(0x38, 2, 0), List.of("no segments")),
                Arguments.of("no PT_LOAD", ElfBuilder.small().patch(0x40, 4, 4), List.of("no segments")),
                Arguments.of("too many", ElfBuilder.small().patch(0x38, 2, 0xffff), List.of("65535")),
                Arguments.of("table far", ElfBuilder.small().patch(0x20, 8, -8), List.of("program header table")),
                Arguments.of("entry size", ElfBuilder.small().patch(0x36, 2, 32), List.of("32 bytes", "56")),
                Arguments.of("header size", ElfBuilder.small().patch(0x34, 2, 52), List.of("header size of 52")),
                Arguments.of("entry far", ElfBuilder.small().entry(0x5000_0000L), List.of("entry point 0x50000000")),
                Arguments.of("entry odd", ElfBuilder.small().entry(0x4008_0002L), List.of("multiple of 4")),
                Arguments.of("entry in zeroes", ElfBuilder.small().entry(0x4008_0080L), List.of("entry point")),
                Arguments.of(
                        "file larger than memory",
                        ElfBuilder.small().patchSegment(0, 0x28, 8, 0x10),
                        List.of("segment 0", "0x40", "0x10")),
                Arguments.of(
                        "content far",
                        ElfBuilder.small().patchSegment(0, 0x08, 8, 0x7fff_ffff_ffff_fff0L),
                        List.of("segment 0", "beyond the end of the file")),
                Arguments.of(
                        "wraps",
                        ElfBuilder.small().patchSegment(0, 0x28, 8, -1),
                        List.of("segment 0", "end of the address space")),
                Arguments.of(
                        "overlap",
                        ElfBuilder.small().segment(0x4008_00ffL, CODE, 4),
                        List.of("segments 0 (0x40080000 to 0x40080100) and 1 (0x400800ff", "overlap")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesWhatItCannotStartAndSaysWhy(String name, ElfBuilder elf, List<String> words) {
        assertThatThrownBy(() -> parse(elf))
                .as(name)
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("guest.elf: ")
                .message()
                .contains(words);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = ElfBuilder.small().build().toArray();
        for (int length = 0; length < whole.length; length++) {
            Bytes part = Bytes.copyOf(whole, 0, length);
            assertThatThrownBy(() -> ElfImage.parse("guest.elf", part))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isInstanceOf(ImageException.class);
        }
    }

    @Test
    void describesAddressesWithAndWithoutAName() {
        Symbols symbols = Symbols.of(List.of(
                new Image(Image.Kind.ELF, "guest.elf", 0, ElfBuilder.small().build())));

        assertThat(symbols.describe(0x4008_0014L)).isEqualTo("0x40080014 <main+0x4>");
        assertThat(symbols.describe(0x900_0000L)).isEqualTo("0x9000000");
        assertThat(Symbols.NONE.describe(-1)).as("addresses are unsigned").isEqualTo("0xffffffffffffffff");
    }

    private static ElfBuilder small32() {
        return ElfBuilder.small().arm();
    }

    @Test
    void anArmFileSaysTheSameInSmallerFields() {
        ElfImage image = parse(new ElfBuilder()
                .arm()
                .entry(0x4008_0004L)
                .segment(0x4008_0000L, new byte[0x20], 0x30)
                .function("_start", 0x4008_0000L, 0x10)
                .symbol("$a", 0, 1, 0x4008_0000L, 0));

        assertThat(image.width()).isEqualTo(Width.AARCH32);
        assertThat(image.entry()).isEqualTo(0x4008_0004L);
        assertThat(image.segments())
                .containsExactly(
                        new ElfImage.Segment(0, 0x4008_0000L, 0x4008_0000L, Bytes.copyOf(new byte[0x20]), 0x30));
        assertThat(image.symbolAt(0x4008_000cL)).hasToString("_start+0xc");
    }

    @Test
    void anOddEntryOfAnArmFileIsThumbAndSoIsAnOddFunction() {
        ElfImage image = parse(new ElfBuilder()
                .arm()
                .entry(0x4008_0003L)
                .segment(0x4008_0000L, new byte[0x20], 0x20)
                .function("thumb", 0x4008_0003L, 0x10));

        assertThat(image.entry())
                .as("bit 0 selects T32, which is aligned to two bytes")
                .isEqualTo(0x4008_0003L);
        assertThat(image.symbolAt(0x4008_0002L))
                .as("bit 0 is not part of the address")
                .hasToString("thumb");
    }

    @Test
    void everyTruncationOfAnArmFileIsRefused() {
        byte[] whole = small32().build().toArray();
        for (int length = 0; length < whole.length; length++) {
            Bytes part = Bytes.copyOf(whole, 0, length);
            assertThatThrownBy(() -> ElfImage.parse("guest.elf", part))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isInstanceOf(ImageException.class);
        }
    }

    private static ElfImage parse(ElfBuilder elf) {
        return ElfImage.parse("guest.elf", elf.build());
    }
}
