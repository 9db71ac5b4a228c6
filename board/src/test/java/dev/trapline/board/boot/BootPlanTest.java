package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.boot.BootPlan.MemoryWrite;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BootPlanTest {

    private static final long RAM = 0x4000_0000L;
    private static final MachineSpec SPEC = Specs.machine(2, 128);
    private static final MachineSpec NARROW = Specs.machine(2, 128, true, Width.AARCH32);
    private static final Bytes TREE = DeviceTree.describe(SPEC, Specs.content(SPEC));
    private static final byte[] CODE = {1, 2, 3, 4};

    @Test
    void anExecutableIsEnteredWithTheDeviceTreeAtTheStartOfRam() {
        BootPlan plan = BootPlan.of(List.of(elf(ElfBuilder.small())), SPEC, Specs.content(SPEC));

        assertThat(plan)
                .isEqualTo(new BootPlan(
                        List.of(
                                new MemoryWrite(RAM, TREE),
                                new MemoryWrite(0x4008_0000L, Bytes.copyOf(new byte[0x40]))),
                        0x4008_0000L,
                        RAM,
                        false,
                        List.of()));
    }

    @Test
    void theDeviceTreeGoesBehindAnImageThatTakesTheStartOfRam() {
        Image image = elf(new ElfBuilder().entry(RAM).segment(RAM, CODE, 0x20_0001));

        assertThat(BootPlan.of(List.of(image), SPEC, Specs.content(SPEC)).deviceTree())
                .as("the next multiple of 2 MiB after 0x40200001, including zero-filled memory")
                .isEqualTo(0x4040_0000L);
    }

    @Test
    void anImageRightBehindTheDeviceTreesAreaLeavesItAtTheStart() {
        assertThat(BootPlan.of(List.of(raw(RAM + 0x1_0000, 4)), SPEC, Specs.content(SPEC))
                        .deviceTree())
                .isEqualTo(RAM);
        assertThat(BootPlan.of(List.of(raw(RAM + 0xfffc, 4)), SPEC, Specs.content(SPEC))
                        .deviceTree())
                .as("four bytes within the area are in the way")
                .isEqualTo(0x4020_0000L);
    }

    @Test
    void withoutADeviceTreeItsAddressIsZero() {
        BootPlan plan = BootPlan.of(
                List.of(raw(RAM, 4)), Specs.machine(1, 128, false), Specs.content(Specs.machine(1, 128, false)));

        assertThat(plan.deviceTree()).isZero();
        assertThat(plan.writes()).as("the image alone").hasSize(1);
    }

    @Test
    void flashAloneIsEnteredAtItsFirstByte() {
        BootPlan plan = BootPlan.of(List.of(flash(CODE)), SPEC, Specs.content(SPEC));

        assertThat(plan)
                .isEqualTo(new BootPlan(
                        List.of(new MemoryWrite(0, Bytes.copyOf(CODE)), new MemoryWrite(RAM, TREE)),
                        0,
                        RAM,
                        true,
                        List.of()));
    }

    @Test
    void anExecutableThatComesWithAFlashImageIsTheOneEntered() {
        BootPlan plan = BootPlan.of(List.of(flash(CODE), elf(ElfBuilder.small())), SPEC, Specs.content(SPEC));

        assertThat(plan.entry()).isEqualTo(0x4008_0000L);
        assertThat(plan.flash()).isTrue();
        assertThat(plan.writes()).extracting(MemoryWrite::address).containsExactly(0L, RAM, 0x4008_0000L);
    }

    @Test
    void anExecutableMayBeLinkedIntoFlash() {
        BootPlan plan = BootPlan.of(
                List.of(elf(new ElfBuilder().entry(0x1000).segment(0x1000, CODE, 4))), SPEC, Specs.content(SPEC));

        assertThat(plan.flash()).isTrue();
        assertThat(plan.entry()).isEqualTo(0x1000);
    }

    @Test
    void aRawImageMayFillRamToItsEnd() {
        long last = RAM + (128 << 20) - 4;

        assertThat(BootPlan.of(List.of(raw(last, 4)), SPEC, Specs.content(SPEC)).entry())
                .isEqualTo(last);
    }

    @Test
    void registersAreWhatTheLinuxBootProtocolsAsk() {
        BootPlan plan = BootPlan.of(List.of(elf(ElfBuilder.small())), SPEC, Specs.content(SPEC));

        assertThat(plan.registers(Width.AARCH64)).isEqualTo(RegisterWrites.x0(RAM));
        assertThat(plan.registers(Width.AARCH32))
                .as("r0 = 0, r1 = no machine type, r2 = the device tree")
                .isEqualTo(RegisterWrites.fromX0(0, 0xffff_ffffL, RAM));
    }

    @Test
    void anArmExecutableStartsOnAnAarch32Machine() {
        BootPlan plan =
                BootPlan.of(List.of(elf(ElfBuilder.small().arm().entry(0x4008_0001L))), NARROW, Specs.content(NARROW));

        assertThat(plan.entry()).as("bit 0 says T32").isEqualTo(0x4008_0001L);
        assertThat(plan.deviceTree()).isEqualTo(RAM);
    }

    @Test
    void anOddLoadAddressStartsARawImageInThumbOnAnAarch32Machine() {
        BootPlan plan = BootPlan.of(List.of(raw(RAM + 0x8_0001, 4)), NARROW, Specs.content(NARROW));

        assertThat(plan.entry()).isEqualTo(RAM + 0x8_0001);
        assertThat(plan.writes()).extracting(MemoryWrite::address).containsExactly(RAM, RAM + 0x8_0000);
    }

    @Test
    void anExecutableOfTheOtherWidthIsRefused() {
        assertThatThrownBy(() -> BootPlan.of(List.of(elf(ElfBuilder.small())), NARROW, Specs.content(NARROW)))
                .isInstanceOf(ImageException.class)
                .hasMessage("guest.elf: a 64-bit ELF file for AArch64, but this machine is aarch32; run it on a machine"
                        + " of its width (--width aarch64), or build it for this one");
        assertThatThrownBy(() -> BootPlan.of(List.of(elf(ElfBuilder.small().arm())), SPEC, Specs.content(SPEC)))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("a 32-bit ELF file for Arm")
                .hasMessageContaining("--width aarch32");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("nothing", List.of(), List.of("nothing to boot")),
                Arguments.of(
                        "two main images",
                        List.of(elf(ElfBuilder.small()), raw(RAM, 4)),
                        List.of("guest.bin", "2 images", "guest.elf")),
                Arguments.of("two flash images", List.of(flash(CODE), flash(CODE)), List.of("2 flash images")),
                Arguments.of(
                        "segment behind RAM",
                        List.of(elf(ElfBuilder.small().segment(RAM + (128 << 20) - 4, new byte[8], 8))),
                        List.of(
                                "segment 1 (0x47fffffc to 0x48000004)",
                                "RAM (0x40000000 to 0x48000000)",
                                "--memory",
                                "link")),
                Arguments.of(
                        "segment at the UART",
                        List.of(elf(ElfBuilder.small().segment(0x900_0000, CODE, 4))),
                        List.of("segment 1 (0x9000000 to 0x9000004)", "outside RAM")),
                Arguments.of("raw behind RAM", List.of(raw(RAM + (128 << 20), 4)), List.of("raw image", "--memory")),
                Arguments.of("raw unaligned", List.of(raw(RAM + 2, 4)), List.of("0x40000002", "multiple of 4")),
                Arguments.of("raw wraps", List.of(raw(-4, 8)), List.of("0xfffffffffffffffc")),
                Arguments.of("raw empty", List.of(raw(RAM, 0)), List.of("empty", "raw image")),
                Arguments.of("flash empty", List.of(flash(new byte[0])), List.of("empty", "flash image")),
                Arguments.of(
                        "flash too large",
                        List.of(flash(new byte[(128 << 20) + 1])),
                        List.of("0x8000001 bytes", "0x0 to 0x8000000")),
                Arguments.of(
                        "flash under a segment",
                        List.of(flash(CODE), elf(new ElfBuilder().entry(0).segment(0, CODE, 4))),
                        List.of("overlaps", "flash image", "segment 0")),
                Arguments.of(
                        "zeroes in flash",
                        List.of(elf(new ElfBuilder().entry(0).segment(0, CODE, 8))),
                        List.of("segment 0", "cannot be written")),
                Arguments.of(
                        "no room for the device tree",
                        List.of(elf(new ElfBuilder().entry(RAM).segment(RAM, CODE, (126 << 20) + 1))),
                        List.of("device tree", "--memory", "0x40010000")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesWhatDoesNotFitAndSaysWhy(String name, List<Image> images, List<String> words) {
        assertThatThrownBy(() -> BootPlan.of(images, SPEC, Specs.content(SPEC)))
                .as(name)
                .isInstanceOf(ImageException.class)
                .message()
                .contains(words);
    }

    private static Image elf(ElfBuilder builder) {
        return new Image(Image.Kind.ELF, "guest.elf", 0, builder.build());
    }

    private static Image raw(long address, int size) {
        return new Image(Image.Kind.RAW, "guest.bin", address, Bytes.copyOf(new byte[size]));
    }

    private static Image flash(byte[] content) {
        return new Image(Image.Kind.FLASH, "flash.bin", 0, Bytes.copyOf(content));
    }
}
