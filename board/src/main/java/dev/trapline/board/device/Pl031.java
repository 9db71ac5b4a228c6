package dev.trapline.board.device;

import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import dev.trapline.board.bus.Device;
import dev.trapline.board.bus.Line;
import java.util.List;
import java.util.Optional;

/// A PL031, a clock that counts seconds (ARM DDI 0224). It counts virtual time, never the host's: it starts at a given
/// date, and is as late or early as the guest sets it.
///
/// A second begins when virtual time is a whole number of seconds. A guest reads the time at which the current round
/// began. The clock always runs, as if firmware had started it: RTCCR reads 1, and ignores writes.
///
/// It belongs to its machine. Only the holder of the machine's token may use it.
public final class Pl031 implements Device {

    /// Its interrupt on the board `virt`, counted from the first shared one: as on QEMU's.
    public static final int SPI = 2;

    /// Where its registers begin on the board `virt`: as on QEMU's.
    public static final long BASE = 0x0901_0000L;

    private static final long PERIOD = 1L << 32;

    private static final int DR = 0x00;
    private static final int MR = 0x04;
    private static final int LR = 0x08;
    private static final int CR = 0x0c;
    private static final int IMSC = 0x10;
    private static final int RIS = 0x14;
    private static final int MIS = 0x18;
    private static final int ICR = 0x1c;

    private static final int STARTED = 1;

    /// RTCPeriphID0 to 3 and RTCPCellID0 to 3.
    private static final int[] IDENTIFICATION = {0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

    private final int spi;
    private final Line interrupt = new Line("pl031 RTCINTR");

    /// The date minus the seconds of virtual time, modulo 2^32.
    private int offset;

    /// Whole seconds of virtual time.
    private long seconds;

    private int match;
    private int load;
    private boolean unmasked;
    private boolean matched;

    /// A clock that shows a date when virtual time is 0.
    ///
    /// @param date seconds since the beginning of 1970, UTC: 0 to [BoardSpec#LAST_DATE]
    /// @param spi the number of its interrupt, counted from the first shared one: 0 to 987. Only its node in the
    ///     device tree depends on it
    /// @throws IllegalArgumentException if it cannot show the date
    public Pl031(long date, int spi) {
        if (date < 0 || date > BoardSpec.LAST_DATE) {
            throw new IllegalArgumentException("a PL031 cannot show the date " + date
                    + ": give it seconds since 1970, 0 to " + BoardSpec.LAST_DATE);
        }
        this.offset = (int) date;
        this.spi = spi;
    }

    @Override
    public String name() {
        return "pl031";
    }

    @Override
    public long size() {
        return PrimeCell.SIZE;
    }

    /// RTCINTR: high while RTCMIS is 1 (DDI 0224 §2.1).
    @Override
    public List<Line> lines() {
        return List.of(interrupt);
    }

    /// The bindings `arm,pl031` and `arm,gic` of the Linux kernel. The board must have a clock with the label
    /// [Pl011#CLOCK].
    @Override
    public Optional<TreeNode> node(long base) {
        return Optional.of(PrimeCell.interrupting(PrimeCell.node("pl031", base), spi)
                .references("clocks", Pl011.CLOCK)
                .strings("clock-names", "apb_pclk"));
    }

    /// Resets every register but RTCDR: the clock has a battery, and continues.
    @Override
    public void reset() {
        match = 0;
        load = 0;
        unmasked = false;
        matched = false;
        driveInterrupt();
    }

    /// The time of the next match. While the interrupt is masked or asserted, a match changes nothing that a
    /// waiting guest could notice, so there is no deadline.
    @Override
    public long deadline() {
        if (!unmasked || matched) {
            return NEVER;
        }
        long second = seconds + secondsToMatch();
        return second > NEVER / MachineSpec.TICKS_PER_SECOND ? NEVER : second * MachineSpec.TICKS_PER_SECOND;
    }

    @Override
    public void timePasses(long now) {
        long second = now / MachineSpec.TICKS_PER_SECOND;
        if (second - seconds >= secondsToMatch()) {
            matched = true;
        }
        seconds = second;
        driveInterrupt();
    }

    /// The number of seconds until the counter next becomes equal to RTCMR: 1 to 2^32.
    private long secondsToMatch() {
        int left = match - date();
        return left == 0 ? PERIOD : Integer.toUnsignedLong(left);
    }

    private int date() {
        return offset + (int) seconds;
    }

    @Override
    public long read(long offset, int size) {
        if (PrimeCell.identifies(offset)) {
            return PrimeCell.identification(IDENTIFICATION, offset);
        }
        int value = switch ((int) offset) {
            case DR -> date();
            case MR -> match;
            case LR -> load;
            case CR -> STARTED;
            case IMSC -> unmasked ? 1 : 0;
            case RIS -> matched ? 1 : 0;
            case MIS -> matched && unmasked ? 1 : 0;
            default -> 0;
        };
        return Integer.toUnsignedLong(value);
    }

    @Override
    public void write(long offset, int size, long value) {
        switch ((int) offset) {
            case MR -> {
                match = (int) value;
                compare();
            }
            case LR -> {
                load = (int) value;
                this.offset = load - (int) seconds;
                compare();
            }
            case IMSC -> unmasked = (value & 1) != 0;
            // Any value clears it (DDI 0224 §2.1).
            case ICR -> matched = false;
            default -> {
                // Read-only and reserved registers ignore writes, and so does RTCCR once the clock is started.
            }
        }
        driveInterrupt();
    }

    /// The comparator after one of its inputs was written.
    private void compare() {
        if (match == date()) {
            matched = true;
        }
    }

    private void driveInterrupt() {
        interrupt.drive(matched && unmasked);
    }

    @Override
    public void save(StateWriter state) {
        state.put(offset);
        state.put(seconds);
        state.put(match);
        state.put(load);
        state.put(unmasked);
        state.put(matched);
    }

    @Override
    public void load(StateReader state) {
        offset = state.takeInt();
        seconds = state.take();
        match = state.takeInt();
        load = state.takeInt();
        unmasked = state.takeFlag();
        matched = state.takeFlag();
        interrupt.restore(matched && unmasked);
    }
}
