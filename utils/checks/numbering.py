"""Weights and biases, as typical mistakes count them."""

#: hint -> what this mistake counts, for d inputs, h hidden units and c outputs
MISCOUNTED = {
    "These are the weights. What else does each unit have?": lambda d, h, c: d * h + h * c,
    "These are the biases, one for each unit. And one weight for each input of each unit?": lambda d, h, c: h + c,
    "Do the inputs have biases? Nothing is computed there.": lambda d, h, c: d * h + h * c + d + h + c,
    "Is it one bias for each layer? Look at the shape of b1 in the lesson.": lambda d, h, c: d * h + h * c + 2,
    "This is the number of nodes. On how many lines does each of them send its value?": lambda d, h, c: d + h + c,
    "This is the hidden layer. And the output layer?": lambda d, h, c: h * (d + 1),
    "This is the output layer. And the hidden layer?": lambda d, h, c: c * (h + 1),
    "Have the outputs no biases? Look at the shape of b2 in the lesson.": lambda d, h, c: d * h + h * c + h,
    "Have the hidden units no biases? Look at the shape of b1 in the lesson.": lambda d, h, c: d * h + h * c + c,
    "How many biases has the output layer: one, or one for each output?": lambda d, h, c: d * h + h * c + h + 1,
    "A bias for each line? A unit has one bias, however many inputs it has.": lambda d, h, c: 2 * (d * h + h * c),
    "Are the biases counted twice?": lambda d, h, c: d * h + h * c + 2 * (h + c),
    "A line from an input to a hidden unit is one weight, and one from there to an output another one: these numbers "
    "are added, not multiplied.": lambda d, h, c: d * h * c,
    "How many lines are there from one layer to the next? The two numbers are added.": lambda d, h, c: (
        d * h * c + h + c
    ),
    "One bias for the whole network? Each hidden unit and each output has its own.": lambda d, h, c: d * h + h * c + 1,
    "One too many. Is there a bias that belongs to no unit?": lambda d, h, c: h * (d + 1) + c * (h + 1) + 1,
    "Biases belong to the units that read, not to those that are read: b1 has H of them. (Or are "
    "the arguments in another order? It is `inputs, hidden, outputs`.)": lambda d, h, c: d * (h + 1) + h * (c + 1),
    "The second layer has this many numbers for each of its outputs.": lambda d, h, c: (d + 1) * h + h + 1,
    "The two layers are counted one by one, and then added, not multiplied.": lambda d, h, c: h * (d + 1) * c * (h + 1),
    "Has each output its own weight for each input too? The outputs read the hidden units only.": lambda d, h, c: (
        d * h + h * c + d * c + h + c
    ),
    "Is there a second hidden layer in it? Here is only one.": lambda d, h, c: h * (d + 1) + h * (h + 1) + c * (h + 1),
    "The output layer has a bias for each output, not for each hidden unit.": lambda d, h, c: h * (d + 1) + h * (c + 1),
    "Does the 1 of the bias get weights of its own? Nothing leads into it.": lambda d, h, c: (
        (d + 1) * (h + 1) + c * (h + 1)
    ),
    "Where are the weights between the hidden units and the outputs?": lambda d, h, c: d * h + h + c,
    "Where are the weights between the inputs and the hidden units?": lambda d, h, c: h * c + h + c,
    "Are inputs and outputs joined directly? All lines go through the hidden units.": lambda d, h, c: d * c + h + c,
    "Which numbers stand on the two sides of the output layer? Its inputs are the hidden units.": lambda d, h, c: (
        h * (d + 1) + c * (d + 1)
    ),
}
