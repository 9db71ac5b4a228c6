package dev.trapline.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.InvariantViolation;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.board.bus.Alarm;
import dev.trapline.board.bus.Deadline;
import dev.trapline.board.bus.Echo;
import dev.trapline.board.bus.Line;
import org.junit.jupiter.api.Test;

class BoardTest {

    private final Board board = Board.virt();

    @Test
    void theConsoleIsThePl011OfTheVirtBoard() {
        assertThat(board.console().name()).isEqualTo("pl011");
        assertThat(board.consoleNode()).isEqualTo("pl011@9000000");
        assertThat(board.nodes()).extracting(TreeNode::name).containsExactly("apb-pclk", "pl011@9000000");
        assertThat(board.deadline()).as("it does nothing by itself").isEqualTo(Deadline.NEVER);
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
        assertThat(board.interrupted()).isZero();
        line.drive(true);
        assertThat(board.interrupted()).isEqualTo(0b1000);
        other.drive(true);
        assertThat(board.interrupted()).isEqualTo(0b1001);
        line.drive(false);
        assertThat(board.interrupted()).as("another line is high").isEqualTo(0b1001);
        other.drive(false);
        assertThat(board.interrupted()).isZero();
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
