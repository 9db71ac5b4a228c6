package dev.trapline.config;

import com.typesafe.config.ConfigValue;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.Injection.BadDisk.Failure;
import dev.trapline.abi.machine.WrongBits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads which defect a device gets.
final class DefectKinds {

    static final String FAIL = "fail";
    static final String LOST = "lost";
    static final String TORN = "torn";
    static final String HIGH = "high";
    static final String LOW = "low";

    private final SectionReader doing;

    DefectKinds(SectionReader doing) {
        this.doing = doing;
    }

    /// The defect; null if there is an error.
    ///
    /// @param kind a kind whose subject is a device
    @Nullable
    MachineFault read(FaultKind kind, ConfigValue value) {
        Injection.Defect defect = switch (kind) {
            case MISREAD -> misread(value);
            case STICK_LINE -> line();
            case DISK_READS -> disk(kind, value, List.of(FAIL));
            default -> disk(kind, value, List.of(FAIL, LOST, TORN));
        };
        return defect == null || !doing.isFine() ? null : new MachineFault.Defective(defect);
    }

    private Injection.@Nullable Misread misread(ConfigValue value) {
        Long address = Quantities.word(Settings.shown(value));
        if (address == null || address < 0) {
            doing.refuse(
                    FaultKind.MISREAD.id(),
                    value,
                    "takes the physical address of a register, as in 0x9000018",
                    ", not " + Settings.shown(value));
            return null;
        }
        if (!doing.has("set") && !doing.has("clear") && !doing.has("bits")) {
            doing.refuse("has a misread without wrong bits: say which, as in set = 0x20");
            return null;
        }
        long count = count();
        long flipped = bits("bits");
        long set = bits("set");
        long cleared = bits("clear");
        if (((flipped & set) | (flipped & cleared) | (set & cleared)) != 0) {
            doing.refuse("has a bit in two of 'set', 'clear' and 'bits': a bit is wrong in one way");
            return null;
        }
        return doing.isFine() ? new Injection.Misread(address, new WrongBits(flipped, set, cleared), count) : null;
    }

    private long bits(String key) {
        return doing.has(key) ? doing.number(key, 1, WrongBits.MAX, 1) : 0;
    }

    private long count() {
        return doing.number("count", 1, Injection.Defect.MAX_COUNT, Injection.Defect.EVERY_TIME);
    }

    private Injection.@Nullable StuckLine line() {
        int intid = (int) doing.number(
                FaultKind.STICK_LINE.id(),
                Injection.StuckLine.FIRST_INTID,
                Injection.MAX_INTID,
                Injection.StuckLine.FIRST_INTID);
        ConfigValue level = doing.get("level");
        ConfigValue duration = doing.get("duration");
        String text = level == null ? "" : Settings.shown(level);
        if (level == null) {
            doing.missing("level", "section", ": the line is stuck " + HIGH + " or " + LOW);
            return null;
        }
        if (!text.equals(HIGH) && !text.equals(LOW)) {
            doing.refuse("level", level, "takes " + HIGH + " or " + LOW, ", not " + text);
            return null;
        }
        long ticks = duration == null ? Injection.Hold.FOREVER : FaultKinds.ticksOrForever(doing, "duration", duration);
        return ticks == 0 || !doing.isFine() ? null : new Injection.StuckLine(intid, text.equals(HIGH), ticks);
    }

    private Injection.@Nullable BadDisk disk(FaultKind kind, ConfigValue value, List<String> ways) {
        String way = Settings.shown(value);
        if (!ways.contains(way)) {
            doing.refuse(kind.id(), value, "takes " + Settings.oneOf(ways), ", not " + way);
            return null;
        }
        int disk = (int) doing.number("disk", 0, Injection.BadDisk.MAX_DISK, 0);
        long count = count();
        Failure failure = kind == FaultKind.DISK_READS
                ? Failure.READ_FAILS
                : switch (way) {
                    case LOST -> Failure.WRITE_LOST;
                    case TORN -> Failure.WRITE_TORN;
                    default -> Failure.WRITE_FAILS;
                };
        return doing.isFine() ? new Injection.BadDisk(disk, failure, count) : null;
    }
}
