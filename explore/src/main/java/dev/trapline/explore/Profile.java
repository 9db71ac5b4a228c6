package dev.trapline.explore;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.engine.EngineFactory;
import java.util.List;

/// What one run of a subject tells about the others: how long they are, and where they are delicate.
///
/// @param span how long the run is from its beginning, in ticks, 1 or more
/// @param sites the places in the code at which an interruption may matter; none if that is not known
public record Profile(long span, List<Site> sites) {

    /// A place in the code of one vCPU: a load or store of memory that another vCPU uses too, or a hypercall.
    ///
    /// @param vcpu which one
    /// @param moments when it was there, in ticks of its clock, ascending
    public record Site(VcpuId vcpu, List<Long> moments) {
        public Site {
            moments = List.copyOf(moments);
        }
    }

    public Profile {
        if (span < 1) {
            throw new IllegalArgumentException("a run of " + span + " ticks");
        }
        sites = List.copyOf(sites);
    }

    /// A run of which only the length is known.
    public static Profile ofSpan(long span) {
        return new Profile(span, List.of());
    }

    /// Has the run that a strategy needs to know of.
    ///
    /// @throws dev.trapline.machine.MachineSetupException as a [TrialMachine]
    public static Profile of(EngineFactory engines, Subject subject, Strategy strategy) {
        return switch (strategy) {
            case Strategy.Random _, Strategy.Jitter _ -> {
                // They need no profile. The machine is tried all the same, before anything is kept of its runs.
                new TrialMachine(engines, subject, Oracle.STANDARD).close();
                yield ofSpan(1);
            }
            case Strategy.ByPriority _ -> ofSpan(span(engines, subject));
            case Strategy.AtSites _ -> new Profile(span(engines, subject), SiteFinder.find(engines, subject));
        };
    }

    private static long span(EngineFactory engines, Subject subject) {
        if (subject.length() != Subject.UNLIMITED) {
            return subject.length();
        }
        try (TrialMachine machine = new TrialMachine(engines, subject, Oracle.STANDARD)) {
            long end = machine.run(SeededChoices.measuring(subject)).ticks();
            return Math.max(1, end - subject.beginning().ticks());
        }
    }
}
