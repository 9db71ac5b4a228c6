package dev.trapline.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Bytes;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.machine.WrongBits;
import dev.trapline.abi.state.StateDamagedException;
import dev.trapline.board.bus.Deadline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Devices with defects, on the board `virt`. Registers are those of the PL011 (DDI0183G §3.2), of the GICv2
/// (IHI0048B §4.1.2) and of the GICv3 (IHI0069H §12).
class BoardDefectsTest {

    private static final long UART = 0x900_0000L;
    private static final long FR = UART + 0x18;
    private static final long DR = UART;
    private static final long IMSC = UART + 0x38;
    /// UARTFR of an idle UART: the transmit FIFO is empty (TXFE), and so is the receive FIFO (RXFE).
    private static final long IDLE = 0x90;
    private static final long TXFF = 0x20;
    private static final long RXFE = 0x10;
    private static final int RXIM = 0x10;

    private static final long GICD = 0x800_0000L;
    private static final long ISPENDR1 = GICD + 0x204;
    private static final int UART_INTID = 33;
    private static final long PENDING = 1 << (UART_INTID - 32);

    private final Board board = board(GicVersion.V2);
    private final MemoryMap map = mapped(board);

    private static Board board(GicVersion gic) {
        Board board = Board.of(BoardSpec.DEFAULT.withKind(BoardKind.VIRT).withGic(gic), CpuSpec.DEFAULT.withCount(2));
        return board.disk(Bytes.copyOf(new byte[1024]));
    }

    private static MemoryMap mapped(Board board) {
        board.defects().allow();
        return board.bus().map(VcpuId.BOOT);
    }

    private static long read(MemoryMap map, long address, int size) {
        MemoryMap.Device at = at(map, address);
        return at.device().read(address - at.base(), size);
    }

    private static MemoryMap.Device at(MemoryMap map, long address) {
        return map.regions().stream()
                .filter(region -> region.base() <= address && address - region.base() < region.size())
                .map(MemoryMap.Device.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private long read(long address) {
        return read(map, address, 4);
    }

    private void write(long address, long value) {
        MemoryMap.Device at = at(map, address);
        at.device().write(address - at.base(), 4, value);
    }

    private void misread(long address, WrongBits bits, long count) {
        board.defects().add(new Injection.Misread(address, bits, count), 0);
    }

    private void stick(boolean high, long ticks, long now) {
        board.defects().add(new Injection.StuckLine(UART_INTID, high, ticks), now);
    }

    private static WrongBits set(long bits) {
        return new WrongBits(0, bits, 0);
    }

    @Test
    void theNextReadsOfARegisterHaveABitThatIsStuckAndThoseBehindThemHaveNot() {
        assertThat(read(FR)).isEqualTo(IDLE);
        misread(FR, set(TXFF), 3);
        for (int n = 0; n < 3; n++) {
            assertThat(read(FR)).as("read %d", n).isEqualTo(IDLE | TXFF);
            assertThat(read(UART + 0x30)).as("another register, UARTCR").isEqualTo(0x300);
        }
        assertThat(read(FR)).isEqualTo(IDLE);
    }

    @ParameterizedTest(name = "changed {0}, set {1}, clear {2}")
    @CsvSource({
        "0,    0x20, 0,    0xb0",
        "0,    0x80, 0,    0x90",
        "0,    0,    0x10, 0x80",
        "0,    0,    0x01, 0x90",
        "0x80, 0,    0,    0x10",
        "0x81, 0x20, 0x10, 0x21",
        "0x80000000, 0, 0, 0x80000090",
    })
    void aBitIsChangedOrKeepsOneValue(String changed, String set, String clear, String value) {
        misread(FR, new WrongBits(Long.decode(changed), Long.decode(set), Long.decode(clear)), 1);
        assertThat(read(FR)).isEqualTo(Long.decode(value));
    }

    /// Of a register that is read in part, the bits that are read are wrong.
    @Test
    void readsThatCoverTheAddressAreWrongWhateverTheirSizeIs() {
        misread(FR, set(0x120), Injection.Defect.EVERY_TIME);
        assertThat(read(map, FR, 1)).isEqualTo(0xb0);
        assertThat(read(map, FR, 2)).isEqualTo(0x1b0);
        assertThat(read(map, FR - 2, 2)).as("the bytes before it").isZero();
        misread(FR + 1, set(1), Injection.Defect.EVERY_TIME);
        misread(FR, set(TXFF), Injection.Defect.EVERY_TIME);
        assertThat(read(FR)).as("a byte within the register").isEqualTo(0x1b0);
    }

    @Test
    void anotherMisreadOfTheAddressReplacesTheFirst() {
        misread(FR, set(TXFF), Injection.Defect.EVERY_TIME);
        misread(FR, new WrongBits(0, 0, RXFE), 1);
        assertThat(read(FR)).isEqualTo(0x80);
        assertThat(read(FR)).isEqualTo(IDLE);
    }

    @Test
    void aReadStillDoesInTheDeviceWhatItDoes() {
        board.console().receive(Bytes.copyOf(new byte[] {'a', 'b'}));
        misread(DR, new WrongBits(0x20, 0, 0), 1);
        assertThat(read(DR)).isEqualTo('A');
        assertThat(read(DR)).isEqualTo('b');
        assertThat(read(FR)).as("the FIFO is empty").isEqualTo(IDLE);
    }

    @Test
    void aRegisterOfWhichEachVcpuHasItsOwnIsMisreadByEach() {
        MemoryMap other = board.bus().map(new VcpuId(1));
        misread(GICD, set(0x40), 2);
        assertThat(read(GICD)).isEqualTo(0x40);
        assertThat(read(other, GICD, 4)).isEqualTo(0x40);
        assertThat(read(GICD)).as("GICD_CTLR").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aStuckLineIsPendingThoughItsDeviceAsksForNothingAndEndsInTime(GicVersion gic) {
        Board some = board(gic);
        MemoryMap seen = mapped(some);
        some.defects().add(new Injection.StuckLine(UART_INTID, true, 500), 1_000);
        assertThat(read(seen, ISPENDR1, 4)).isEqualTo(PENDING);
        assertThat(some.deadline()).isEqualTo(1_500);
        some.timePasses(1_499);
        assertThat(read(seen, ISPENDR1, 4)).as("a tick before its end").isEqualTo(PENDING);
        some.timePasses(1_500);
        assertThat(read(seen, ISPENDR1, 4)).isZero();
        assertThat(some.deadline()).isEqualTo(Deadline.NEVER);
    }

    @Test
    void aLineThatIsStuckLowHidesTheInterruptUntilItIsReleased() {
        stick(false, 500, 0);
        write(IMSC, RXIM);
        board.console().receive(Bytes.copyOf(new byte[] {'a'}));
        assertThat(read(ISPENDR1)).isZero();
        assertThat(read(UART + 0x40))
                .as("the device itself asserts it: UARTMIS")
                .isEqualTo(RXIM);
        board.timePasses(500);
        assertThat(read(ISPENDR1)).as("its own level counts again").isEqualTo(PENDING);
    }

    @Test
    void aLineThatIsStuckAgainHasTheNewLevelAndTheNewEnd() {
        stick(true, Injection.Hold.FOREVER, 0);
        assertThat(board.deadline()).isEqualTo(Deadline.NEVER);
        stick(false, 70, 30);
        assertThat(read(ISPENDR1)).isZero();
        assertThat(board.deadline()).isEqualTo(100);
    }

    @Test
    void aResetOfTheMachineEndsAllDefects() {
        Bytes without = board.defects().save();
        misread(FR, set(TXFF), Injection.Defect.EVERY_TIME);
        stick(true, Injection.Hold.FOREVER, 0);
        board.defects().add(new Injection.BadDisk(0, Failure.READ_FAILS, 7), 0);
        board.defects().add(new Injection.BadDisk(0, Failure.WRITE_FAILS, 7), 0);
        assertThat(board.defects().save()).isNotEqualTo(without);
        board.reset();
        assertThat(board.defects().save()).isEqualTo(without);
        assertThat(read(FR)).isEqualTo(IDLE);
        assertThat(read(ISPENDR1)).isZero();
    }

    @Test
    void aBoardThatLoadsAStateHasTheDefectsOfTheOneThatWasSaved() {
        misread(FR, set(TXFF), 3);
        read(FR);
        stick(true, 500, 0);
        board.defects().add(new Injection.BadDisk(0, Failure.WRITE_LOST, 4), 0);
        Bytes state = board.save();
        Board loaded = board(GicVersion.V2);
        MemoryMap seen = mapped(loaded);
        loaded.defects().add(new Injection.Misread(DR, set(1), 1), 0);
        loaded.load(state);
        assertThat(loaded.save()).isEqualTo(state);
        assertThat(read(seen, FR, 4)).isEqualTo(IDLE | TXFF);
        assertThat(read(seen, FR, 4)).isEqualTo(IDLE | TXFF);
        assertThat(read(seen, FR, 4)).as("one of three was read before").isEqualTo(IDLE);
        assertThat(loaded.deadline()).isEqualTo(500);
        loaded.timePasses(500);
        assertThat(read(seen, ISPENDR1, 4)).isZero();
        loaded.load(state);
        assertThat(read(seen, ISPENDR1, 4)).isEqualTo(PENDING);
    }

    @Test
    void aBoardThatLoadsAStateWithoutDefectsHasNone() {
        Bytes state = board.save();
        stick(true, 500, 0);
        misread(FR, set(TXFF), 3);
        board.load(state);
        assertThat(read(FR)).isEqualTo(IDLE);
        assertThat(read(ISPENDR1)).isZero();
        assertThat(board.deadline()).isEqualTo(Deadline.NEVER);
    }

    @Test
    void aBoardThatCanHaveNoDefectsHasTheStateAndTheRegistersThatItHadBefore() {
        Board plain = board(GicVersion.V2);
        MmioDevice uart = at(plain.bus().map(VcpuId.BOOT), FR).device();
        assertThat(uart).as("nothing is in front of the device").isSameAs(plain.console());
        assertThat(plain.defects().save().size()).isZero();
        assertThat(board.save().size())
                .as("two counts of a byte; and of a disk two counts of eight, and two flags")
                .isEqualTo(plain.save().size() + 2 + 2 * 8 + 2);
    }

    @Test
    void aStateOfDefectsThatCannotBeIsDamaged() {
        stick(true, 500, 0);
        byte[] state = board.defects().save().toArray();
        for (int at = 0; at < state.length; at++) {
            byte[] damaged = state.clone();
            damaged[at] = (byte) 0xfe;
            try {
                board.defects().load(Bytes.copyOf(damaged));
            } catch (StateDamagedException _) {
                continue;
            }
            assertThat(board.defects().save())
                    .as("byte %d is taken as it is", at)
                    .isEqualTo(Bytes.copyOf(damaged));
        }
        assertThatThrownBy(() -> board.defects().load(Bytes.copyOf(state, 0, state.length - 1)))
                .isInstanceOf(StateDamagedException.class);
    }

    @Test
    void aDefectThatTheBoardCannotHaveIsNamedWithWhatThereIs() {
        Board bare = Board.of(BoardSpec.DEFAULT, CpuSpec.DEFAULT);
        assertThat(whyNot(board, new Injection.Misread(UART + 0xfff, set(1), 1)))
                .as("the last byte of the UART")
                .isEmpty();
        assertThat(whyNot(bare, new Injection.Misread(FR, set(1), 1))).isEmpty();
        assertThat(whyNot(board, new Injection.Misread(0x4000_0000L, set(1), 1)))
                .isEqualTo("a misread at 0x40000000, and no device of this machine has a register there");
        assertThat(whyNot(board, new Injection.StuckLine(UART_INTID, true, 1))).isEmpty();
        assertThat(whyNot(board, new Injection.StuckLine(99, true, 1)))
                .isEqualTo("a stuck line with INTID 99, and no device of this machine has it; there are: 33, 34, 39,"
                        + " 48");
        assertThat(whyNot(bare, new Injection.StuckLine(UART_INTID, true, 1)))
                .isEqualTo("a stuck line with INTID 33, and this machine has no interrupt controller");
        assertThat(whyNot(board, new Injection.BadDisk(0, Failure.READ_FAILS, 1)))
                .isEmpty();
        assertThat(whyNot(board, new Injection.BadDisk(1, Failure.READ_FAILS, 1)))
                .isEqualTo("a defect of disk 1, and this machine has 1 disk, from 0 on");
        assertThat(whyNot(bare, new Injection.BadDisk(0, Failure.READ_FAILS, 1)))
                .isEqualTo("a defect of disk 0, and this machine has none");
    }

    private static String whyNot(Board board, Injection.Defect defect) {
        assertThat(board.accepts(defect))
                .isEqualTo(board.defects().whyNot(defect).isEmpty());
        return board.defects().whyNot(defect);
    }
}
