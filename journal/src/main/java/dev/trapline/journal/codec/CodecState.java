package dev.trapline.journal.codec;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.policy.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the records of a segment have told so far, so that a record needs to store only what is new. Encoder and
/// decoder keep the same state; it is empty at the beginning of every segment, so each segment decodes by itself.
final class CodecState {

    /// The registers at the hypercall before of each vCPU, zeros if there is none; those of a vCPU begin at
    /// [#base].
    final long[] registers = new long[VcpuId.MAX_COUNT * GeneralRegisters.COUNT];

    private final List<Decision> decisions = new ArrayList<>();
    private long touched;

    /// vCPU of the slice before.
    int vcpu;
    /// Budget of the slice before.
    long budget;
    /// Everything but the registers of the hypercall before, packed as [RecordLayout] says.
    int shape;
    /// Index of the decision before, or -1.
    int decision;

    CodecState() {
        reset();
    }

    void reset() {
        while (touched != 0) {
            int from = Long.numberOfTrailingZeros(touched) * GeneralRegisters.COUNT;
            Arrays.fill(registers, from, from + GeneralRegisters.COUNT, 0);
            touched &= touched - 1;
        }
        decisions.clear();
        vcpu = 0;
        budget = 0;
        shape = 0;
        decision = -1;
    }

    /// Where the registers of the slice's vCPU begin, for them to be updated in place.
    int base() {
        touched |= 1L << vcpu;
        return vcpu * GeneralRegisters.COUNT;
    }

    /// The index of a decision, or the number of decisions known if it is new. There are as many as services and
    /// reasons: few.
    int indexOf(Decision wanted) {
        for (int i = 0; i < decisions.size(); i++) {
            Decision known = decisions.get(i);
            if (known.equals(wanted)) {
                return i;
            }
        }
        return decisions.size();
    }

    int decisionCount() {
        return decisions.size();
    }

    Decision decision(int index) {
        return decisions.get(index);
    }

    void addDecision(Decision added) {
        decisions.add(added);
    }
}
