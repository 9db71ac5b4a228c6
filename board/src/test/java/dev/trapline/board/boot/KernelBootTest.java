package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.boot.BootPlan.MemoryWrite;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How a Linux kernel is started, by Documentation/arch/arm64/booting.rst.
class KernelBootTest {

    private static final long BASE = 0x4020_0000L;
    private static final MachineSpec SPEC = virt("console=ttyAMA0");

    private static MachineSpec virt(String arguments) {
        MachineSpec spec = Specs.machine(2, 128);
        return spec.with(spec.board().withKind(BoardKind.VIRT).withBootArguments(arguments));
    }

    @Test
    void theKernelIsItsTextOffsetBehindAMultipleOfTwoMebibytes() {
        for (long offset : new long[] {0, 0x8_0000}) {
            Image kernel = KernelBuilder.small().textOffset(offset).image();
            BootPlan plan = plan(SPEC, kernel);
            assertThat(plan.entry()).as("vCPU 0 starts at the first byte").isEqualTo(BASE + offset);
            assertThat(plan.writes()).contains(new MemoryWrite(BASE + offset, kernel.content()));
            assertThat(plan.warnings()).isEmpty();
            assertThat(plan.registers(Width.AARCH64))
                    .as("x0 is the device tree, x1 to x3 stay zero")
                    .isEqualTo(RegisterWrites.x0(plan.deviceTree()));
        }
    }

    /// image_size bytes from the start of the image are the kernel's, though its file is shorter.
    @Test
    void initrdAndDeviceTreeAreBehindAllMemoryThatTheKernelUses() {
        Image kernel =
                KernelBuilder.small().textOffset(0x8_0000).imageSize(0x30_0001).image();
        Image disk = initrd(0x1801);
        BootPlan plan = plan(SPEC, kernel, disk);
        long initrd = BASE + 0x8_0000 + 0x30_1000;
        assertThat(plan.writes())
                .extracting(MemoryWrite::address)
                .as("kernel, then the next page, then the next 2 MiB")
                .containsExactly(BASE + 0x8_0000, initrd, 0x4060_0000L);
        assertThat(plan.deviceTree()).isEqualTo(0x4060_0000L);
        assertThat(tree(plan))
                .containsEntry("/chosen:linux,initrd-start", number(initrd))
                .containsEntry("/chosen:linux,initrd-end", number(initrd + 0x1801))
                .containsEntry("/chosen:bootargs", text("console=ttyAMA0"));
    }

    /// Documentation/arch/arm/booting.rst, parts 4 and 5.
    @Test
    void aZImageIsAboveTheKernelThatItDecompresses() {
        MachineSpec spec = Specs.machine(2, 128, true, Width.AARCH32);
        Image kernel = zImage(0x1000, 0x0403_0201);
        BootPlan plan = plan(spec.with(spec.board().withKind(BoardKind.VIRT)), kernel, initrd(0x1801));
        assertThat(plan.entry()).isEqualTo(0x4200_0000L);
        assertThat(plan.writes())
                .extracting(MemoryWrite::address)
                .as("kernel; behind its file and 1 MiB of work memory the disk; the next 2 MiB")
                .containsExactly(0x4200_0000L, 0x4210_1000L, 0x4220_0000L);
        assertThat(plan.registers(Width.AARCH32)).isEqualTo(RegisterWrites.fromX0(0, 0xffff_ffffL, plan.deviceTree()));
        assertThat(plan.warnings()).isEmpty();
    }

    private static Image zImage(int end, int order) {
        return new Image(
                Image.Kind.KERNEL,
                "zImage",
                0,
                Bytes.copyOf(ByteBuffer.allocate(0x1000)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(36, 0x016f_2818)
                        .putInt(44, end)
                        .putInt(48, order)
                        .array()));
    }

    @Test
    void aFileThatIsLongerThanItsImageSizeKeepsItsMemory() {
        Image kernel = new KernelBuilder(0x20_0001).imageSize(0x1000).image();
        assertThat(plan(SPEC, kernel).deviceTree()).isEqualTo(0x4060_0000L);
    }

    @Test
    void withoutArgumentsAndInitrdTheTreeNamesNone() {
        assertThat(tree(plan(virt(""), KernelBuilder.small().image())).keySet())
                .noneMatch(key -> key.contains("bootargs") || key.contains("initrd"))
                .contains("/chosen:stdout-path");
    }

    /// dt-schema's chosen.yaml: kaslr-seed has 64 bits; booting with 64 bytes of rng-seed fills Linux's whole pool.
    @Test
    void seedsFollowFromTheMachinesSeed() {
        MachineSpec other = SPEC.with(SPEC.schedule().withSeed(1));
        Map<String, Bytes> tree = tree(plan(SPEC, KernelBuilder.small().image()));
        Bytes random = tree.getOrDefault("/chosen:rng-seed", Bytes.EMPTY);
        Bytes address = tree.getOrDefault("/chosen:kaslr-seed", Bytes.EMPTY);
        assertThat(random.size()).isEqualTo(64);
        assertThat(address.size()).isEqualTo(8);
        assertThat(Bytes.copyOf(random.toArray(), 0, 8))
                .as("one does not give the other away")
                .isNotEqualTo(address);
        assertThat(tree(plan(SPEC, KernelBuilder.small().image())))
                .as("the same seed, the same tree")
                .isEqualTo(tree);
        assertThat(tree(plan(other, KernelBuilder.small().image())).get("/chosen:rng-seed"))
                .isNotEqualTo(random);
    }

    @Test
    void theUsersTreeGetsArgumentsAndInitrdInPlaceOfItsOwn() {
        Bytes own = FdtWriter.write(TreeNode.named("")
                .strings("model", "mine")
                .child(TreeNode.named("chosen")
                        .strings("bootargs", "theirs")
                        .strings("stdout-path", "/uart")
                        .child(TreeNode.named("bootargs").strings("bootargs", "a child's")))
                .child(TreeNode.named("uart").strings("bootargs", "of another node")));
        BootPlan plan = plan(
                SPEC, KernelBuilder.small().image(), initrd(16), new Image(Image.Kind.DEVICE_TREE, "own.dtb", 0, own));
        assertThat(tree(plan))
                .hasSize(7)
                .containsEntry("/chosen:bootargs", text("console=ttyAMA0"))
                .containsEntry("/chosen:linux,initrd-start", number(0x4040_0000L))
                .containsEntry("/chosen:linux,initrd-end", number(0x4040_0010L))
                .containsEntry("/chosen:stdout-path", text("/uart"))
                .containsEntry("/chosen/bootargs:bootargs", text("a child's"))
                .containsEntry("/uart:bootargs", text("of another node"))
                .containsEntry(":model", text("mine"));
    }

    @Test
    void aTreeWithoutChosenGetsThisNode() {
        Bytes own =
                FdtWriter.write(TreeNode.named("").child(TreeNode.named("uart").flag("on")));
        Image image = new Image(Image.Kind.DEVICE_TREE, "own.dtb", 0, own);
        assertThat(tree(plan(SPEC, KernelBuilder.small().image(), image)))
                .containsOnlyKeys("/uart:on", "/chosen:bootargs");
        assertThat(plan(virt(""), KernelBuilder.small().image(), image).writes())
                .as("without arguments it is the user's file")
                .extracting(MemoryWrite::bytes)
                .contains(own);
    }

    @Test
    void aKernelOnTheBareBoardIsStartedWithAWarning() {
        MachineSpec bare = Specs.machine(1, 128);
        assertThat(plan(bare, KernelBuilder.small().image()).warnings())
                .singleElement()
                .asString()
                .contains("Image", "'bare'", "'virt'");
    }

    static Stream<Arguments> refused() {
        Image kernel = KernelBuilder.small().image();
        MachineSpec without = Specs.machine(1, 128, false);
        return Stream.of(
                Arguments.of("gzip", SPEC, List.of(file(0x1f, 0x8b, 8)), List.of("Image", "gzip", "gunzip -c")),
                Arguments.of("xz", SPEC, List.of(file(0xfd, '7', 'z', 'X', 'Z', 0)), List.of("xz -dc")),
                Arguments.of("zstd", SPEC, List.of(file(0x28, 0xb5, 0x2f, 0xfd)), List.of("zstd -dc")),
                Arguments.of("elf", SPEC, List.of(file(0x7f, 'E', 'L', 'F')), List.of("an ELF file", "objcopy")),
                Arguments.of("tree", SPEC, List.of(file(0xd0, 0x0d, 0xfe, 0xed)), List.of("a device tree")),
                Arguments.of("efi", SPEC, List.of(file('M', 'Z', 0, 0)), List.of("a program for EFI", "boot/Image")),
                Arguments.of("empty", SPEC, List.of(file()), List.of("128 bytes", "boot/Image")),
                Arguments.of(
                        "big-endian",
                        SPEC,
                        List.of(KernelBuilder.small().flags(0xb).image()),
                        List.of("big-endian")),
                Arguments.of(
                        "before 3.17",
                        SPEC,
                        List.of(KernelBuilder.small().imageSize(0).image()),
                        List.of("3.17")),
                Arguments.of(
                        "odd offset",
                        SPEC,
                        List.of(KernelBuilder.small().textOffset(2).image()),
                        List.of("0x2")),
                Arguments.of(
                        "size wraps",
                        SPEC,
                        List.of(KernelBuilder.small().imageSize(-1).image()),
                        List.of("damaged")),
                Arguments.of(
                        "too large",
                        SPEC,
                        List.of(KernelBuilder.small().imageSize(126 << 20 | 1).image()),
                        List.of("kernel (0x40200000 to 0x48000001)", "--memory")),
                Arguments.of(
                        "no room for the initrd",
                        SPEC,
                        List.of(KernelBuilder.small().imageSize(126 << 20).image(), initrd(1)),
                        List.of("initrd.img", "initial RAM disk", "--memory")),
                Arguments.of(
                        "no room for the tree",
                        SPEC,
                        List.of(KernelBuilder.small().imageSize(125 << 20).image()),
                        List.of("no room for the device tree", "behind the kernel", "--memory")),
                Arguments.of(
                        "no kernel", SPEC, List.of(initrd(1)), List.of("initrd.img", "without a kernel", "--kernel")),
                Arguments.of("empty initrd", SPEC, List.of(kernel, initrd(0)), List.of("initrd.img", "empty")),
                Arguments.of("two", SPEC, List.of(kernel, kernel), List.of("2 images to start")),
                Arguments.of("no tree", without, List.of(kernel), List.of("Image", "Linux kernel", "device tree on")),
                Arguments.of(
                        "arguments without a tree",
                        without.with(without.board().withBootArguments("quiet")),
                        List.of(new Image(Image.Kind.RAW, "raw", 0x4000_0000L, kernel.content())),
                        List.of("boot arguments", "device tree on")),
                Arguments.of(
                        "aarch32",
                        Specs.machine(1, 128, true, Width.AARCH32),
                        List.of(kernel),
                        List.of("AArch64", "aarch32", "--width aarch64")),
                Arguments.of(
                        "zImage on AArch64", SPEC, List.of(zImage(0x1000, 0x0403_0201)), List.of("--width aarch32")),
                Arguments.of(
                        "big-endian zImage",
                        Specs.machine(1, 128, true, Width.AARCH32),
                        List.of(zImage(0x1000, 0x0102_0304)),
                        List.of("zImage", "big-endian")),
                Arguments.of(
                        "damaged zImage",
                        Specs.machine(1, 128, true, Width.AARCH32),
                        List.of(zImage(0x1001, 0x0403_0201)),
                        List.of("0x1001", "damaged")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refusesWhatCannotBeStartedAndSaysWhatToDo(
            String name, MachineSpec spec, List<Image> images, List<String> why) {
        assertThatExceptionOfType(ImageException.class)
                .as(name)
                .isThrownBy(() -> BootPlan.of(images, spec, content(spec)))
                .extracting(Throwable::getMessage)
                .asString()
                .contains(why);
    }

    /// The header of drivers/firmware/efi/libstub/zboot-header.S: payload at 0x1234, 0x567 bytes.
    @Test
    void aKernelWithinAnEfiProgramIsRefusedWithTheCommandThatExtractsIt() {
        byte[] header = new byte[128];
        ByteBuffer.wrap(header).put(new byte[] {'M', 'Z', 0, 0, 'z', 'i', 'm', 'g', 0x34, 0x12, 0, 0, 0x67, 5, 0, 0});
        ByteBuffer.wrap(header).put(24, "gzip".getBytes(StandardCharsets.US_ASCII));
        Image image = new Image(Image.Kind.KERNEL, "vmlinuz", 0, Bytes.copyOf(header));
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> plan(SPEC, image))
                .withMessageContaining("tail -c +4661 FILE | head -c 1383 | gunzip -c > Image");
    }

    private static BootPlan plan(MachineSpec spec, Image... images) {
        return BootPlan.of(List.of(images), spec, content(spec));
    }

    private static TreeContent content(MachineSpec spec) {
        return spec.board().kind() == BoardKind.VIRT ? Specs.withController(spec) : Specs.content(spec);
    }

    private static Map<String, Bytes> tree(BootPlan plan) {
        return FdtReader.properties(plan.writes().stream()
                .filter(write -> write.address() == plan.deviceTree())
                .findFirst()
                .orElseThrow()
                .bytes());
    }

    private static Image initrd(int size) {
        return new Image(Image.Kind.INITRD, "initrd.img", 0, Bytes.copyOf(new byte[size]));
    }

    private static Image file(int... start) {
        byte[] content = new byte[128];
        for (int k = 0; k < start.length; k++) {
            content[k] = (byte) start[k];
        }
        return new Image(Image.Kind.KERNEL, "Image", 0, Bytes.copyOf(content));
    }

    private static Bytes number(long value) {
        return Bytes.copyOf(ByteBuffer.allocate(8).putLong(value).array());
    }

    private static Bytes text(String text) {
        return Bytes.copyOf((text + "\0").getBytes(StandardCharsets.US_ASCII));
    }
}
