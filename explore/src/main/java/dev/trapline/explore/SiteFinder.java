package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.choice.ChoicePoint;
import dev.trapline.abi.choice.Turn;
import dev.trapline.abi.engine.AccessListener;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.fault.CallFault;
import dev.trapline.machine.StepMachine;
import dev.trapline.machine.choice.Choices;
import dev.trapline.machine.choice.DelegatingChoices;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the places in a guest's code at which an interruption may matter: it has one run in the order of round robin,
/// an instruction at a time, and looks at what each one loads and stores.
final class SiteFinder {

    /// What is looked at, in instructions. It takes some microseconds for each.
    private static final long MOST_INSTRUCTIONS = 500_000;

    /// More moments of one site tell nothing new: it is a loop.
    private static final int MOST_MOMENTS = 1_000;

    /// Accesses are compared by words of so many bytes, as a power of two.
    private static final int WORD = 3;

    /// A place in the code of a vCPU.
    ///
    /// @param pc of its instruction
    private record Place(VcpuId vcpu, long pc) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int order = vcpu.compareTo(other.vcpu);
            return order == 0 ? Long.compare(pc, other.pc) : order;
        }
    }

    /// What happened at a place.
    private static final class Seen {
        private final List<Long> moments = new ArrayList<>();
        private final SortedSet<Long> words = new TreeSet<>();
        private boolean calls;

        void at(long moment) {
            boolean isNew = moments.isEmpty() || moments.getLast() != moment;
            if (isNew && moments.size() < MOST_MOMENTS) {
                moments.add(moment);
            }
        }
    }

    /// Who uses a word. The handlers of a vCPU's events come between its instructions, as other vCPUs do.
    ///
    /// @param vcpus one bit for each that uses it outside of handlers
    /// @param handling one bit for each that uses it in a handler
    private record Use(long vcpus, long handling, boolean isWritten) {
        static final Use NONE = new Use(0, 0, false);

        Use and(VcpuId vcpu, boolean handles, boolean writes) {
            return new Use(
                    handles ? vcpus : vcpus | vcpu.bit(),
                    handles ? handling | vcpu.bit() : handling,
                    isWritten || writes);
        }

        boolean isShared() {
            return isWritten && Long.bitCount(vcpus) + Long.bitCount(handling) > 1;
        }
    }

    private final SortedMap<Place, Seen> places = new TreeMap<>();
    private final SortedMap<Long, Use> words = new TreeMap<>();
    private @Nullable VcpuId running;
    private boolean handles;
    private long pc;
    private long clock;
    private long instructions;

    private SiteFinder() {}

    /// Has the run.
    static List<Profile.Site> find(EngineFactory engines, Subject subject) {
        SiteFinder finder = new SiteFinder();
        AccessListener listener = finder::accessed;
        try (TrialMachine machine = new TrialMachine(engines.watching(listener), subject, Oracle.STANDARD)) {
            machine.run(finder.steps(SeededChoices.measuring(subject)), () -> finder.isEnough(machine.machine()));
        }
        return finder.sites();
    }

    /// Looks at the instruction that comes next.
    private boolean isEnough(StepMachine machine) {
        VcpuId next = machine.next();
        GeneralRegisters registers = next == null ? null : machine.registers(next);
        pc = registers == null ? 0 : registers.pc();
        handles = machine.openHandlers().stream().anyMatch(open -> open.vcpu().equals(next));
        instructions++;
        return instructions > MOST_INSTRUCTIONS;
    }

    /// The choices of the run: the vCPU that runs keeps its turn, which has one instruction at a time.
    private Choices steps(Choices others) {
        return new DelegatingChoices(others) {
            @Override
            public Turn turn(ChoicePoint asked, long ready, Turn byDefault) {
                boolean keeps = (asked.after().bit() & ready) != 0;
                VcpuId vcpu = keeps ? asked.after() : byDefault.vcpu();
                running = vcpu;
                clock = asked.clock(vcpu);
                return new Turn(vcpu, 1);
            }

            @Override
            public @Nullable CallFault fault(Call call) {
                Seen seen = seen(call.caller());
                seen.calls = true;
                seen.at(call.time());
                return super.fault(call);
            }
        };
    }

    private Seen seen(VcpuId vcpu) {
        return places.computeIfAbsent(new Place(vcpu, pc), _ -> new Seen());
    }

    private void accessed(long address, int bytes, boolean writes) {
        VcpuId vcpu = running;
        if (vcpu == null) {
            return;
        }
        Seen seen = seen(vcpu);
        seen.at(clock);
        for (long word = address >>> WORD; word <= (address + bytes - 1) >>> WORD; word++) {
            seen.words.add(word);
            words.merge(word, Use.NONE.and(vcpu, handles, writes), (before, _) -> before.and(vcpu, handles, writes));
        }
    }

    private List<Profile.Site> sites() {
        List<Profile.Site> sites = new ArrayList<>();
        places.forEach((place, seen) -> {
            boolean shares = seen.words.stream()
                    .anyMatch(word -> words.getOrDefault(word, Use.NONE).isShared());
            if (seen.calls || shares) {
                sites.add(new Profile.Site(place.vcpu(), seen.moments));
            }
        });
        return sites;
    }
}
