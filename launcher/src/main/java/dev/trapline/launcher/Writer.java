package dev.trapline.launcher;

import dev.trapline.abi.Position;
import dev.trapline.abi.Visible;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.policy.Decision;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.RecordingReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Who wrote memory where no store of the guest did.
///
/// @param kind how
/// @param name of the service or the image; empty if there is none
record Writer(Kind kind, String name) {

    /// How memory is written but by the guest.
    enum Kind {
        /// An effect of a firmware service.
        FIRMWARE("firmware"),
        /// A reset of the machine, which loads its images again.
        RESET("reset"),
        /// The machine keeps a vCPU's stolen time there.
        STOLEN_TIME("stolen-time"),
        /// An image, at power-on.
        IMAGE("image"),
        /// Memory is as it is at power-on: RAM zero, flash erased.
        NOBODY("nobody");

        private final String id;

        Kind(String id) {
            this.id = id;
        }

        /// Its name in JSON.
        String id() {
            return id;
        }
    }

    /// In words, as the end of a sentence.
    String text() {
        return switch (kind) {
            case FIRMWARE -> "written by the firmware service '" + Visible.line(name) + "'";
            case RESET -> "the machine was reset, and its images were loaded again";
            case STOLEN_TIME -> "written by the machine, which keeps a vCPU's stolen time here (PV time)";
            case IMAGE -> "loaded from the image '" + Visible.line(name) + "' at power-on";
            case NOBODY -> "not changed since power-on";
        };
    }

    /// Who wrote bytes between the exit of a slice and the beginning of the next one.
    static Writer behind(RecordingReader recording, long slice, long address, int length) {
        Writer found = new Writer(Kind.STOLEN_TIME, "");
        boolean begun = false;
        for (Iterator<HistoryEntry> entries = recording.entriesFrom(Position.ofSlice(slice)); entries.hasNext(); ) {
            JournalRecord record = entries.next().record();
            if (record instanceof JournalRecord.Slice) {
                if (begun) {
                    break;
                }
                begun = true;
            } else if (begun && record instanceof JournalRecord.Answer answer) {
                found = of(answer.effects(), service(answer.decision()), address, length, found);
            } else if (begun && record instanceof JournalRecord.Reaction(String service, List<Effect> effects)) {
                found = of(effects, service, address, length, found);
            }
        }
        return found;
    }

    private static Writer of(List<Effect> effects, String service, long address, int length, Writer before) {
        Writer last = before;
        for (Effect effect : effects) {
            if (effect instanceof Effect.WriteMemory write && overlaps(write, address, length)) {
                last = new Writer(Kind.FIRMWARE, service);
            } else if (effect instanceof Effect.SystemReset reset && reset.kind() == Effect.SystemReset.Reset.COLD) {
                last = new Writer(Kind.RESET, "");
            }
        }
        return last;
    }

    private static boolean overlaps(Effect.WriteMemory write, long address, int length) {
        return address < write.address() + write.bytes().size() && write.address() < address + length;
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

        private record Written(String service, Effect.WriteMemory effect) {}

        private final List<Image> images;
        private final BootPlan boot;
        private final List<Written> effects = new ArrayList<>();

        /// @param boot how its machine was started
        AtPowerOn(RecordingReader recording, BootPlan boot) {
            this.images = recording.images();
            this.boot = boot;
            for (Iterator<HistoryEntry> entries = recording.entries(); entries.hasNext(); ) {
                JournalRecord record = entries.next().record();
                if (record instanceof JournalRecord.Slice) {
                    break;
                }
                if (record instanceof JournalRecord.Reaction(String service, List<Effect> wanted)) {
                    for (Effect effect : wanted) {
                        if (effect instanceof Effect.WriteMemory write) {
                            effects.add(new Written(service, write));
                        }
                    }
                }
            }
        }

        /// Who wrote a byte.
        Writer of(long address) {
            for (Written written : effects.reversed()) {
                if (overlaps(written.effect(), address, 1)) {
                    return new Writer(Kind.FIRMWARE, written.service());
                }
            }
            for (BootPlan.MemoryWrite write : boot.writes()) {
                long offset = address - write.address();
                if (offset >= 0 && offset < write.bytes().size()) {
                    return new Writer(Kind.IMAGE, image(write));
                }
            }
            return new Writer(Kind.NOBODY, "");
        }

        private String image(BootPlan.MemoryWrite write) {
            boolean tree = boot.deviceTree() != 0 && write.address() == boot.deviceTree();
            boolean flash = write.address() < BoardSpec.FLASH_BASE + BoardSpec.FLASH_SIZE;
            for (Image image : images) {
                boolean fits = switch (image.kind()) {
                    case ELF, RAW -> !tree && !flash;
                    case FLASH -> flash;
                    case DEVICE_TREE -> tree;
                };
                if (fits) {
                    return image.name();
                }
            }
            return tree ? "device tree" : images.getFirst().name();
        }
    }
}
