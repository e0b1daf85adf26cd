"""Steps of a training, as typical mistakes count them."""


def mistaken_counts(examples, batch_size, epochs):
    """Gives hint -> the number of steps that this mistake gives; a list where the same hint fits several."""
    full, rest = divmod(examples, batch_size)
    each = full + (rest > 0)
    one_batch = (
        "Here the batch size is larger than the sample. All examples make one batch, and one step in each epoch."
    )
    return ({one_batch: 0} if full == 0 else {}) | {
        "Is every batch a full one? The examples that are left at the end of an epoch make a smaller batch, and a "
        "smaller batch is a step too.": [epochs * full, epochs * round(examples / batch_size)],
        "Does a batch run on from one epoch into the next? An epoch ends when all examples were used once, and "
        "there the last batch ends too.": [-(-examples * epochs // batch_size), examples * epochs // batch_size],
        "A step is a whole thing: what does it mean that a batch is not full?": examples * epochs / batch_size,
        "That is one epoch. How often does the training see all examples?": [each, full, examples / batch_size],
        "A step is counted as an epoch here. Within one epoch there is a step for each batch.": epochs,
        "That is a step for each example. How many of them share one step?": examples * epochs,
        "These are the examples. How many of them share one step?": examples,
        "The smaller batch at the end comes once in every epoch, not once in the training.": epochs * full + 1,
        "How many batches does it take when all of them are full?": epochs * (full + 1),
        "Multiplied, or divided? Larger batches: more steps, or fewer?": [
            examples * batch_size * epochs,
            batch_size * epochs,
            examples * batch_size,
        ],
        "Which by which? Divide the examples by the batch size, not the other way round.": epochs
        * batch_size
        / examples,
        "The examples that are left make one step, not a step each.": [
            epochs * full + rest,
            epochs * (full + rest),
        ],
        "That is how many examples the last batch holds. Count the batches.": [rest, epochs * rest],
        "The last epoch is missing. Where do you begin to count?": (epochs - 1) * each,
        "One epoch too many. Where do you begin to count?": (epochs + 1) * each,
        "Is it divided by the number of epochs? More epochs: more steps, or fewer?": [
            examples / (batch_size * epochs),
            -(-examples // (batch_size * epochs)),
            examples // (batch_size * epochs),
            each / epochs,
            epochs / each,
        ],
        "Added, or multiplied? Every epoch has as many steps as the first one.": [each + epochs, full + epochs],
        "Raised to a power? Every epoch adds as many steps as the first one.": [each**epochs, full**epochs],
        "Are batch size and epochs exchanged? The order is `examples, batch_size, epochs`.": -(-examples // epochs)
        * batch_size,
        "Is it always the number of the first example? Use what is given.": 210,
        "That is the size of a batch. How many batches are there?": batch_size,
        "No training has a negative number of steps.": [-epochs * each, -epochs * full],
        "One step is missing. Is it 0 or 1 for the first one?": [epochs * each - 1, epochs * full - 1],
    }
