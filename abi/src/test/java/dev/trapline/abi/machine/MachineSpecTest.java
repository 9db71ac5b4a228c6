package dev.trapline.abi.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Width;
import dev.trapline.abi.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MachineSpecTest {

    private static final NetworkSpec LOOP = new NetworkSpec(NetworkKind.LOOP, MacAddress.ofSeed(1));

    /// A value of a part, the least and the most it takes, and how much its values differ.
    static Stream<Arguments> ranges() {
        return Stream.of(
                range("vcpus", n -> CpuSpec.DEFAULT.withCount((int) n), 1, 64, 1),
                range("clusterSize", n -> CpuSpec.DEFAULT.withClusterSize((int) n), 1, 16, 1),
                range("ramBytes", BoardSpec.DEFAULT::withRam, 1 << 20, 1L << 36, 4096),
                range("inputInterval", BoardSpec.DEFAULT::withInputInterval, 0, Long.MAX_VALUE, 1),
                range("date", BoardSpec.DEFAULT::withDate, 0, 0xffff_ffffL, 1),
                range("quantum", ScheduleSpec.DEFAULT::withQuantum, 1, 10_000_000, 1),
                range("hypercall", ticks -> new ExitCosts(ticks, 0, 0), 0, 10_000_000, 1),
                range("waitForInterrupt", ticks -> new ExitCosts(0, ticks, 0), 0, 10_000_000, 1),
                range("maintenance", ticks -> new ExitCosts(0, 0, ticks), 0, 10_000_000, 1),
                range("maxInstructions", RunSpec.DEFAULT::withMaxInstructions, 0, Long.MAX_VALUE, 1),
                range("ramDigestInterval", RunSpec.DEFAULT::withRamDigestInterval, 1, Long.MAX_VALUE, 1),
                range("renewalInterval", RunSpec.DEFAULT::withRenewalInterval, 1, Long.MAX_VALUE, 1));
    }

    private static Arguments range(String name, LongFunction<Object> with, long least, long most, long step) {
        return Arguments.of(name, with, least, most, step);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ranges")
    void aValueOutOfItsRangeIsRefusedByName(String name, LongFunction<Object> with, long least, long most, long step) {
        assertThatCode(() -> with.apply(least)).as("the least").doesNotThrowAnyException();
        assertThatCode(() -> with.apply(most)).as("the most").doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with.apply(least - step))
                .withMessageContaining(name)
                .withMessageContaining(String.valueOf(least - step));
        if (most < Long.MAX_VALUE) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with.apply(most + step))
                    .withMessageContaining(name)
                    .withMessageContaining(String.valueOf(most + step));
        }
    }

    @Test
    void memoryIsWholePages() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BoardSpec.DEFAULT.withRam((1 << 20) + 1))
                .withMessageContaining("ramBytes")
                .withMessageContaining("1048577");
    }

    @Test
    void anAarch32MachineHasNoMoreMemoryThanItsAddressesReach() {
        MachineSpec narrow = MachineSpec.DEFAULT.with(CpuSpec.DEFAULT.withWidth(Width.AARCH32));
        BoardSpec most = BoardSpec.DEFAULT.withRam(3L << 30);
        BoardSpec more = BoardSpec.DEFAULT.withRam((3L << 30) + 4096);
        assertThat(narrow.with(most).board()).as("RAM ends at 4 GiB").isEqualTo(most);
        assertThatIllegalArgumentException().isThrownBy(() -> narrow.with(more)).withMessageContaining("ramBytes");
        assertThat(MachineSpec.DEFAULT.with(more).board())
                .as("AArch64 reaches it")
                .isEqualTo(more);
        assertThatIllegalArgumentException()
                .as("the other way round")
                .isThrownBy(() -> MachineSpec.DEFAULT.with(more).with(CpuSpec.DEFAULT.withWidth(Width.AARCH32)));
    }

    /// `COMMAND_LINE_SIZE` of Linux on arm64 is 2048, with the zero at its end.
    @Test
    void bootArgumentsAreWhatLinuxTakes() {
        String longest = "a".repeat(2047);
        assertThat(BoardSpec.DEFAULT.withBootArguments(longest).bootArguments()).isEqualTo(longest);
        assertThat(BoardSpec.DEFAULT.withBootArguments(" ~").bootArguments()).isEqualTo(" ~");
        for (String wrong : List.of(longest + "a", "a\nb", "\t", "\u007f", "\u00e4", "a\0")) {
            assertThatIllegalArgumentException()
                    .as("%s", wrong)
                    .isThrownBy(() -> BoardSpec.DEFAULT.withBootArguments(wrong))
                    .withMessageContaining("bootArguments takes at most 2047 printable ASCII characters");
        }
    }

    /// IHI0048 §2.1: a GICv2 has at most eight CPU interfaces.
    @Test
    void aMachineWithAGicv2HasAtMostEightCpus() {
        MachineSpec virt = MachineSpec.DEFAULT.with(BoardSpec.DEFAULT.withKind(BoardKind.VIRT));
        assertThat(virt.with(CpuSpec.DEFAULT.withCount(8)).cpus().count()).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> virt.with(CpuSpec.DEFAULT.withCount(9)))
                .withMessageContaining("vcpus takes at most 8 with a GICv2");
        assertThat(virt.with(virt.board().withGic(GicVersion.V3))
                        .with(CpuSpec.DEFAULT.withCount(64))
                        .cpus()
                        .count())
                .isEqualTo(64);
        assertThat(MachineSpec.DEFAULT.with(CpuSpec.DEFAULT.withCount(9)).cpus().count())
                .as("the bare board has no interrupt controller")
                .isEqualTo(9);
    }

    @Test
    void aarch32CpusOnTheBoardVirtHaveAGicv2() {
        CpuSpec narrow = CpuSpec.DEFAULT.withWidth(Width.AARCH32);
        BoardSpec virt = BoardSpec.DEFAULT.withKind(BoardKind.VIRT);
        assertThat(MachineSpec.DEFAULT.with(virt).with(narrow).board().gic()).isEqualTo(GicVersion.V2);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        MachineSpec.DEFAULT.with(virt.withGic(GicVersion.V3)).with(narrow))
                .withMessage("AArch32 CPUs on the board 'virt' need a GICv2");
        assertThatIllegalArgumentException()
                .as("the other way round")
                .isThrownBy(() -> MachineSpec.DEFAULT.with(narrow).with(virt.withGic(GicVersion.V3)));
    }

    @Test
    void aPartIsReplacedAndTheOthersStay() {
        CpuSpec cpus = new CpuSpec(4, 2, CpuModel.CORTEX_A72, Width.AARCH64);
        BoardSpec board =
                new BoardSpec(BoardKind.VIRT, 1 << 20, true, "quiet", 7, GicVersion.V3, 8, ConsoleKind.VIRTIO, LOOP);
        ScheduleSpec schedule = new ScheduleSpec(Schedule.RANDOM, 9, 100, new ExitCosts(50, 0, 0));
        RunSpec run = new RunSpec(1000, false, 60, 70, false, false);
        FirmwareSpec firmware =
                new FirmwareSpec(Policy.DEFAULT.withResident("a"), new TreeMap<>(Map.of("psci.version", "1.1")));
        MachineSpec whole = new MachineSpec(cpus, board, schedule, run, firmware);
        assertThat(MachineSpec.DEFAULT
                        .with(cpus)
                        .with(board)
                        .with(schedule)
                        .with(run)
                        .with(firmware))
                .isEqualTo(whole);
        assertThat(whole.with(MachineSpec.DEFAULT.board()))
                .isEqualTo(new MachineSpec(cpus, BoardSpec.DEFAULT, schedule, run, firmware));
    }

    @Test
    void aValueIsReplacedAndTheOthersStay() {
        assertThat(CpuSpec.DEFAULT
                        .withCount(4)
                        .withClusterSize(2)
                        .withModel(CpuModel.CORTEX_A72)
                        .withWidth(Width.AARCH32))
                .isEqualTo(new CpuSpec(4, 2, CpuModel.CORTEX_A72, Width.AARCH32));
        assertThat(BoardSpec.DEFAULT
                        .withKind(BoardKind.VIRT)
                        .withRam(1 << 20)
                        .withDeviceTree(true)
                        .withBootArguments("quiet")
                        .withInputInterval(7)
                        .withGic(GicVersion.V3)
                        .withDate(8)
                        .withConsole(ConsoleKind.VIRTIO)
                        .withNetwork(LOOP))
                .isEqualTo(new BoardSpec(
                        BoardKind.VIRT, 1 << 20, true, "quiet", 7, GicVersion.V3, 8, ConsoleKind.VIRTIO, LOOP));
        assertThat(ScheduleSpec.DEFAULT
                        .withKind(Schedule.RANDOM)
                        .withSeed(9)
                        .withQuantum(100)
                        .with(new ExitCosts(50, 0, 0)))
                .isEqualTo(new ScheduleSpec(Schedule.RANDOM, 9, 100, new ExitCosts(50, 0, 0)));
        assertThat(RunSpec.DEFAULT
                        .withMaxInstructions(1000)
                        .withRebootOnReset(false)
                        .withRamDigestInterval(60)
                        .withRenewalInterval(70))
                .isEqualTo(new RunSpec(1000, false, 60, 70, false, false));
    }

    @Test
    void aSettingIsAddedToTheOthersOrTakesTheOldOnesPlace() {
        FirmwareSpec one = FirmwareSpec.DEFAULT.withSetting("psci.version", "1.1");
        assertThat(one.withSetting("sdei.events", "1").settings())
                .isEqualTo(Map.of("psci.version", "1.1", "sdei.events", "1"));
        assertThat(one.withSetting("psci.version", "1.2").settings()).isEqualTo(Map.of("psci.version", "1.2"));
        assertThat(one.settings()).as("the first one is as it was").isEqualTo(Map.of("psci.version", "1.1"));
    }

    @Test
    void settingsAreNotSharedWithWhoGaveThem() {
        TreeMap<String, String> given = new TreeMap<>(Map.of("psci.version", "1.1"));
        FirmwareSpec firmware = FirmwareSpec.DEFAULT.withSettings(given);
        given.put("psci.version", "1.2");
        assertThat(firmware.settings()).isEqualTo(Map.of("psci.version", "1.1"));
    }
}
