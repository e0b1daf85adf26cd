"""Numbers of hinges that typical mistakes give, each with its hint: by the bound, and measured."""

#: numbers of hinges -> the hint towards the mistake behind them
PREDICTED = {
    (110,): "That is what measuring gives, and it comes later. Which n is safe by the bound, before measuring?",
    (111,): "With 111 the bound is 0.00101, a little too large. To which side does one have to round?",
    (113,): "Did you count the knots? n hinges have n + 1 knots and n steps.",
    (11, 12): "Is 1 the largest value of f? The bound asks how much f bends: for its largest second derivative.",
    (35, 36): "Is 10 the largest slope? The bound asks how much f bends, for the largest |f''|. (Or is the error "
    "that you allow 0.01?)",
    (223, 224): "Is the interval from -1 to 1? The lesson's function takes that one where nobody says otherwise. "
    "Here it goes from 0 to 1, and h = 1/n.",
    (158, 159, 316, 317): "Is the 8 of the bound still there?",
    (353, 354): "Is the error 0.001? This n belongs to one ten times smaller.",
    (31, 32, 1000): "Are f'' and the 8 in it? The bound is h^2/8 times the largest |f''|.",
    (1118, 1119): "Is the error 0.001? This n belongs to one a hundred times smaller.",
    (125,): "Is f'' in it? And the bound falls with the square of h: there is a root to take.",
    (12_500**2,): "n squared is 12,500. Is it squared once more, where a root is wanted?",
    (9, 10): "Was |f''| taken at the middle? The bound asks for its largest value on [0, 1].",
    (1,): "Was |f''| taken at x = 1, where it is smallest? The bound asks for its largest value on [0, 1].",
    (12_500,): "The bound falls with the square of h. Is a root missing?",
}

#: number of hinges -> the hint towards the mistake behind it
MEASURED = {
    1: "Was the error looked for at the knots only? There it is 0 for every n. Look between them, on all of `x`. "
    "(Or is `np.abs` missing? The line lies above f, and f minus the line is never positive.)",
    10: "Ten hinges are for the next task, and their error is 0.0779. How many does 0.001 take?",
    18: "Here the square of the largest error reaches 0.001. Wanted is the error itself.",
    89: "Is the error rounded before it is compared? To three places 0.00149 is 0.001, and yet it is more.",
    8: "Here the mean squared error reaches 0.001. The theorem speaks of the largest one, not squared.",
    29: "Here the mean error reaches 0.001. The theorem speaks of the largest one.",
    46: "Here the root of the mean squared error reaches 0.001. The theorem speaks of the largest error.",
    109: "Nearly. Does your n begin with 1, but the index in your list with 0? Or is your grid coarser than `x`?",
    111: "Nearly. Did you count knots? Or stop one n after the first that was good enough?",
    33: "Here the largest error reaches 0.01. Wanted is 0.001.",
    352: "Here the largest error reaches 0.0001. Wanted is 0.001.",
    112: "That is the prediction, a bound. A smaller number of hinges may be enough: measure.",
}
