package dev.trapline.launcher.options;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.Schedule;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// The values that options take, for help and shell completion.
public final class Candidates {

    private Candidates() {}

    static final class CpuModels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(CpuModel.values()).map(CpuModel::id).iterator();
        }
    }

    static final class Widths implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Width.values()).map(Width::id).iterator();
        }
    }

    static final class Boards implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(BoardKind.values()).map(BoardKind::id).iterator();
        }
    }

    static final class GicVersions implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(GicVersion.values()).map(GicVersion::id).iterator();
        }
    }

    static final class Consoles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(ConsoleKind.values()).map(ConsoleKind::id).iterator();
        }
    }

    static final class Networks implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(NetworkKind.values()).map(NetworkKind::id).iterator();
        }
    }

    static final class Schedules implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Schedule.values()).map(Schedule::id).iterator();
        }
    }

    static final class Durabilities implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Durability.values()).map(Durability::id).iterator();
        }
    }

    public static final class Conduits implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("smc", "hvc").iterator();
        }
    }

    public static final class States implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("a64", "a32", "t32").iterator();
        }
    }

    static final class DeviceTree implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("auto", "true", "false").iterator();
        }
    }
}
