package dev.trapline.timeline.search;

import dev.trapline.abi.Position;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.policy.Decision;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.journal.RecordingReader;
import dev.trapline.timeline.HistoryWalk;
import dev.trapline.timeline.MemoryRange;
import java.util.ArrayList;
import java.util.List;

/// A writer of memory other than a store of the guest.
///
/// @param kind how
/// @param name of the service or the image; empty if there is none
public record MemoryWriter(Kind kind, String name) {

    /// The ways in which memory is written without the guest.
    public enum Kind {
        /// An effect of a firmware service.
        FIRMWARE,
        /// A reset of the machine, which loads its images again.
        RESET,
        /// The machine keeps a vCPU's stolen time there.
        STOLEN_TIME,
        /// An image, at power-on.
        IMAGE,
        /// Memory is as it is at power-on: RAM zero, flash erased.
        NOBODY
    }

    private record Written(String service, List<Effect> effects) {}

    /// Who wrote bytes between the exit of a slice and the beginning of the next one.
    static MemoryWriter behind(RecordingReader recording, long slice, MemoryRange range) {
        MemoryWriter found = new MemoryWriter(Kind.STOLEN_TIME, "");
        for (Written written :
                written(HistoryWalk.within(recording, Position.atExit(slice), Position.ofSlice(slice + 1)))) {
            for (Effect effect : written.effects()) {
                if (effect instanceof Effect.WriteMemory write && overlaps(write, range)) {
                    found = new MemoryWriter(Kind.FIRMWARE, written.service());
                } else if (effect instanceof Effect.SystemReset reset
                        && reset.kind() == Effect.SystemReset.Reset.COLD) {
                    found = new MemoryWriter(Kind.RESET, "");
                }
            }
        }
        return found;
    }

    /// What services wanted in a part of a history, in its order.
    private static List<Written> written(HistoryWalk walk) {
        List<Written> all = new ArrayList<>();
        while (walk.hasNext()) {
            switch (walk.next()) {
                case HistoryWalk.Call call ->
                    all.add(new Written(
                            service(call.answer().decision()), call.answer().effects()));
                case HistoryWalk.Happening(
                        long _,
                        long _,
                        JournalRecord.Reaction(String service, List<Effect> effects)) ->
                    all.add(new Written(service, effects));
                case HistoryWalk.Happening _, HistoryWalk.Ran _ -> {}
            }
        }
        return all;
    }

    private static boolean overlaps(Effect.WriteMemory write, MemoryRange range) {
        return range.address() < write.address() + write.bytes().size()
                && write.address() < range.address() + range.length();
    }

    private static String service(Decision decision) {
        return switch (decision) {
            case Decision.Resident(String service) -> service;
            case Decision.Forwarded(String service) -> service;
            case Decision.Denied _ -> "";
        };
    }

    /// Who wrote memory before the first slice of a recording.
    static final class AtPowerOn {

        private final List<Image> images;
        private final BootPlan boot;
        private final List<Written> effects;

        /// @param boot how its machine was started
        AtPowerOn(RecordingReader recording, BootPlan boot) {
            this.images = recording.images();
            this.boot = boot;
            this.effects = written(HistoryWalk.of(recording, Position.START, Position.START));
        }

        /// Who wrote a byte.
        MemoryWriter of(long address) {
            MemoryRange range = new MemoryRange(address, 1);
            for (Written written : effects.reversed()) {
                if (written.effects().stream()
                        .anyMatch(effect -> effect instanceof Effect.WriteMemory write && overlaps(write, range))) {
                    return new MemoryWriter(Kind.FIRMWARE, written.service());
                }
            }
            for (BootPlan.MemoryWrite write : boot.writes()) {
                long offset = address - write.address();
                if (offset >= 0 && offset < write.bytes().size()) {
                    return new MemoryWriter(Kind.IMAGE, image(write));
                }
            }
            return new MemoryWriter(Kind.NOBODY, "");
        }

        private String image(BootPlan.MemoryWrite write) {
            boolean tree = boot.deviceTree() != 0 && write.address() == boot.deviceTree();
            boolean flash = write.address() < BoardSpec.FLASH_BASE + BoardSpec.FLASH_SIZE;
            for (Image image : images) {
                boolean fits = switch (image.kind()) {
                    case ELF, RAW -> !tree && !flash;
                    case FLASH -> flash;
                    case DEVICE_TREE -> tree;
                    // Both are written whole.
                    // Nothing of it is in memory at the start.
                    case DISK, FLASH_VARIABLES -> false;
                    case KERNEL, INITRD -> !tree && write.bytes().equals(image.content());
                };
                if (fits) {
                    return image.name();
                }
            }
            return tree ? "device tree" : images.getFirst().name();
        }
    }
}
