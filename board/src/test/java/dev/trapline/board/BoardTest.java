package dev.trapline.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.bus.Alarm;
import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Echo;
import dev.trapline.board.bus.Line;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BoardTest {

    private final Board board = Board.of(BoardSpec.DEFAULT, CpuSpec.DEFAULT.withCount(4));

    private static Board virt(GicVersion gic, int vcpus) {
        return Board.of(BoardSpec.DEFAULT.withKind(BoardKind.VIRT).withGic(gic), CpuSpec.DEFAULT.withCount(vcpus));
    }

    @Test
    void theConsoleIsThePl011OfTheVirtBoard() {
        assertThat(board.console().name()).isEqualTo("pl011");
        assertThat(board.consoleNode()).isEqualTo("pl011@9000000");
        assertThat(board.nodes()).extracting(TreeNode::name).containsExactly("apb-pclk", "pl011@9000000");
        assertThat(board.deadline()).as("it does nothing by itself").isEqualTo(Deadline.NEVER);
    }

    @Test
    void theClockOfAVirtBoardBeginsAtTheDateOfTheMachine() {
        BoardSpec spec = BoardSpec.DEFAULT.withKind(BoardKind.VIRT);
        assertThat(clock(spec)).as("2026-01-01T00:00:00Z").isEqualTo(1_767_225_600L);
        assertThat(clock(spec.withDate(0))).isZero();
        assertThat(clock(spec.withDate(0xffff_ffffL))).isEqualTo(0xffff_ffffL);
    }

    private static long clock(BoardSpec spec) {
        return clock(Board.of(spec, CpuSpec.DEFAULT)).read(0, 4) & 0xffff_ffffL;
    }

    private static Device clock(Board virt) {
        return virt.bus().devices().stream()
                .filter(device -> device.name().equals("pl031"))
                .findFirst()
                .orElseThrow();
    }

    /// A guest that waits for the clock again and again could bring virtual time to its end otherwise, where it
    /// overflows.
    @Test
    void aGuestDoesNotGetFarIntoTheFutureByWaiting() {
        Board virt = virt(GicVersion.V2, 1);
        Device clock = clock(virt);
        clock.write(0x10, 4, 1);
        long now = 0;
        for (int wait = 0; wait < 40; wait++) {
            clock.write(0x1c, 4, 1);
            clock.write(4, 4, clock.read(0, 4) - 1);
            now = virt.deadline() == Deadline.NEVER ? now : virt.deadline();
            virt.timePasses(now);
        }
        assertThat(now)
                .as("one wait for the last possible date")
                .isEqualTo(0xffff_ffffL * MachineSpec.TICKS_PER_SECOND)
                .isLessThanOrEqualTo(MachineSpec.LAST_DEADLINE);
        assertThat(virt.deadline()).isEqualTo(Deadline.NEVER);
    }

    @Test
    void aDeviceWhereTheConsoleIsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> board.device(0x900_0ff0L, new Echo("rtc", 0x20)))
                .withMessageContaining("rtc")
                .withMessageContaining("pl011 (0x9000000 to 0x9001000)");
    }

    @Test
    void itsDeadlineIsThatOfItsFirstDevice() {
        Alarm late = new Alarm();
        Alarm soon = new Alarm();
        board.device(0x901_0000L, late).device(0x902_0000L, soon);
        late.write(Alarm.AT, 4, 300);
        assertThat(board.deadline()).isEqualTo(300);
        soon.write(Alarm.AT, 4, 200);
        assertThat(board.deadline()).isEqualTo(200);
        board.timePasses(199);
        assertThat(soon.lines().getFirst().isHigh()).as("a tick too early").isFalse();
        board.timePasses(200);
        assertThat(soon.lines().getFirst().isHigh()).isTrue();
        assertThat(late.lines().getFirst().isHigh()).isFalse();
        assertThat(board.deadline()).as("the one that is left").isEqualTo(300);
        board.timePasses(1000);
        assertThat(late.lines().getFirst().isHigh()).as("met late").isTrue();
        assertThat(board.deadline()).isEqualTo(Deadline.NEVER);
    }

    @Test
    void aDeadlineThatDoesNotMoveIsADefectOfItsDevice() {
        Alarm stuck = new Alarm() {
            @Override
            public long deadline() {
                return 100;
            }
        };
        board.device(0x901_0000L, stuck);
        board.timePasses(99);
        assertThatThrownBy(() -> board.timePasses(100))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("alarm")
                .hasMessageContaining("100");
    }

    @Test
    void aLineThatIsWiredInterruptsItsVcpuWhileItIsHigh() {
        Line line = new Line("alarm");
        Line other = new Line("other");
        board.wake(new VcpuId(3), line).wake(new VcpuId(3), other).wake(new VcpuId(0), other);
        assertThat(board.interrupts().pending()).isZero();
        line.drive(true);
        assertThat(board.interrupts().pending()).isEqualTo(0b1000);
        other.drive(true);
        assertThat(board.interrupts().pending()).isEqualTo(0b1001);
        line.drive(false);
        assertThat(board.interrupts().pending()).as("another line is high").isEqualTo(0b1001);
        other.drive(false);
        assertThat(board.interrupts().pending()).isZero();
    }

    /// IHI0048 §2.2.1: SPIs have the INTIDs from 32 on.
    @Test
    void aLineDrivesASharedInterruptOfTheController() {
        Board virt = virt(GicVersion.V2, 2);
        Line line = new Line("alarm");
        virt.interrupt(8, line);
        virt.bus().devices().getFirst().write(0x104, 4, 1 << 8);
        virt.bus().devices().getFirst().write(0x828, 1, 0b10);
        virt.bus().devices().getFirst().write(0, 4, 1);
        line.drive(true);
        assertThat(pending(virt)).as("INTID 40").isEqualTo(1 << 8);
        line.drive(false);
        assertThat(pending(virt)).as("level-sensitive").isZero();
    }

    /// GICD_ISPENDR1 (IHI0048 §4.3.7).
    private static long pending(Board board) {
        return board.bus().devices().getFirst().read(0x204, 4);
    }

    @Test
    void aLineThatCannotBeWiredToAnInterruptIsRefusedByName() {
        Line line = new Line("alarm");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> board.interrupt(8, line))
                .withMessage("line 'alarm' cannot be wired to an interrupt: the board 'bare' has no interrupt"
                        + " controller; use the board 'virt', or let the line wake a vCPU");
        Board virt = virt(GicVersion.V2, 1);
        for (int none : new int[] {-1, 256}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> virt.interrupt(none, line))
                    .withMessage(
                            "line 'alarm' cannot be wired to the shared interrupt " + none + ": there are 0 to 255");
        }
        assertThatIllegalArgumentException()
                .as("the console's")
                .isThrownBy(() -> virt.interrupt(1, line))
                .withMessageContaining("'alarm' cannot be wired to the shared interrupt 1: line 'pl011")
                .withMessageContaining("choose another");
        virt.interrupt(0, line).interrupt(255, new Line("other"));
    }

    /// Addresses as on QEMU's board `virt`: Redistributors of 128 KiB from 0x080a0000 on, below the console.
    @Test
    void aGicv3HasItsRedistributorsBehindItself() {
        Board board = virt(GicVersion.V3, 64);
        assertThat(board.bus().described())
                .extracting(DeviceRef::name, DeviceRef::base, DeviceRef::size)
                .contains(
                        tuple("gicv3", 0x0800_0000L, 0x10000L),
                        tuple("gicv3-redistributors", 0x080a_0000L, 64 * 0x20000L));
        assertThat(board.interrupts().lastIntid()).isEqualTo(287);
    }

    @Test
    void aGicv3RequestsPowerForAVcpuWhoseRedistributorIsAsleep() {
        Board board = virt(GicVersion.V3, 12);
        Line line = new Line("alarm");
        board.interrupt(8, line);
        MmioDevice distributor = board.bus().devices().getFirst();
        distributor.write(0x0000, 4, 1);
        distributor.write(0x0104, 4, 1 << 8);
        distributor.write(0x6000 + 8 * 40, 8, 11);
        MmioDevice redistributors = board.bus().devices().get(1);
        redistributors.write(11 * 0x20000 + 0x14, 4, 2);
        line.drive(true);
        assertThat(board.interrupts().pending()).isEqualTo(1 << 11);
        assertThat(Objects.requireNonNull(board.interrupts().wiring(new VcpuId(11)))
                        .fiq())
                .isFalse();
    }

    @Test
    void anyNumberOfAnInterruptIsPossibleWithoutAController() {
        assertThat(board.interrupts().lastIntid()).isEqualTo(1019);
        assertThat(virt(GicVersion.V2, 1).interrupts().lastIntid()).isEqualTo(287);
    }

    @Test
    void aLineToAVcpuThatIsNotThereIsRefusedByName() {
        board.wake(new VcpuId(1), new Line("alarm"));
        board.requireVcpus(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> board.requireVcpus(1))
                .withMessageContaining("'alarm'")
                .withMessageContaining("1 vCPU");
    }

    @Test
    void aResetReachesEveryDevice() {
        Alarm alarm = new Alarm();
        board.device(0x901_0000L, alarm);
        alarm.write(Alarm.AT, 4, 100);
        board.timePasses(100);
        board.console().write(0x38, 4, 0x30);
        board.reset();
        assertThat(alarm.lines().getFirst().isHigh()).isFalse();
        assertThat(board.console().read(0x38, 4)).as("UARTIMSC").isZero();
    }
}
