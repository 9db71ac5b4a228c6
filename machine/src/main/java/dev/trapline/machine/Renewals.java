package dev.trapline.machine;

import dev.trapline.abi.state.StateReader;
import dev.trapline.abi.state.StateWriter;
import java.util.ArrayList;
import java.util.List;

/// The positions in a slice at which its vCPU gets a fresh engine.
///
/// A guest that changes code or page tables and omits maintenance can notice that, because a fresh engine has no
/// translations. So a replay gets one exactly where the recorded run did.
///
/// @param recorded numbers of instructions in the slice, ascending; 0 is before the first
/// @param asNeeded whether the engine decides after those: in a run that is not replayed
public record Renewals(List<Long> recorded, boolean asNeeded) {

    /// Where the engine requests it.
    static final Renewals AS_NEEDED = new Renewals(List.of(), true);

    /// None at all.
    public static final Renewals NONE = new Renewals(List.of(), false);

    public Renewals {
        recorded = List.copyOf(recorded);
    }

    /// The same and one more place.
    Renewals and(long place) {
        List<Long> places = new ArrayList<>(recorded);
        places.add(place);
        return new Renewals(places, asNeeded);
    }

    /// For a single instruction of the slice.
    ///
    /// @param done how many instructions came before it
    Renewals at(long done) {
        return recorded.contains(done) ? NONE.and(0) : NONE;
    }

    /// The same, and where the engine says so behind them.
    Renewals thenAsNeeded() {
        return recorded.isEmpty() ? AS_NEEDED : new Renewals(recorded, true);
    }

    void save(StateWriter state) {
        state.put(recorded.size());
        recorded.forEach(state::put);
        state.put(asNeeded);
    }

    static Renewals load(StateReader state) {
        List<Long> places = new ArrayList<>();
        for (int left = state.takeInt(); left > 0; left--) {
            places.add(state.take());
        }
        return new Renewals(places, state.takeFlag());
    }
}
