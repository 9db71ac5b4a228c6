package dev.trapline.firmware.sdei;

import java.util.List;

/// Changed copies of immutable lists.
final class ImmutableLists {

    private ImmutableLists() {}

    /// A copy of a list, with another element at an index.
    @SuppressWarnings("unchecked") // the array contains the list's elements and the new one
    static <T> List<T> with(List<T> list, int index, T element) {
        if (list.size() == 1) {
            return List.of(element);
        }
        T[] elements = (T[]) list.toArray();
        elements[index] = element;
        return List.of(elements);
    }
}
