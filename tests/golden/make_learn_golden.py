"""Operations of engine/learn with their gradients, optimisers and schedules, as PyTorch has them, in double precision:
read by tests/engine/learn/golden_test.cpp.

Made with PyTorch 2.15.0 (CPU) and safetensors 0.8.0; run in this folder: python3 make_learn_golden.py

learn/NAME.tsv of an operation has a matrix a line, "rows columns values...": the inputs, the weights w of the loss
sum(w * result), the result, the gradients of the inputs, and what else the operation leaves. learn/optimizer_NAME.tsv:
start, h, c of the loss sum(h p^2 / 2 + c p), then p after each step. learn/schedule_NAME.tsv: a number a step.
"""
import pathlib

import numpy
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
OUT = pathlib.Path("learn")
OUT.mkdir(exist_ok=True)

# The fixed graph of golden_test.cpp: 4 rows, 5 columns, an empty row.
offsets = [0, 2, 2, 5, 6]
targets = [1, 3, 0, 2, 4, 4]
weights = torch.tensor([0.5, -1, 2, 0.25, 1.5, -0.75])
sources = [i for i in range(4) for _ in range(offsets[i], offsets[i + 1])]
segments = [slice(offsets[i], offsets[i + 1]) for i in range(4)]
picked = [3, 0, 3, 1, 3]
labels = torch.tensor([2, 0, 1, 2])
soft_targets = torch.tensor([[((i + j) % 3) / 2 for j in range(3)] for i in range(4)])
signs = torch.tensor([[1.0 if (i + j) % 2 == 0 else -1.0 for j in range(3)] for i in range(4)])
three_signs = torch.tensor([[(i + j) % 3 - 1.0 for j in range(3)] for i in range(4)])


def matrix(values):
    dense = torch.zeros(4, 5)
    return dense.index_put((torch.tensor(sources), torch.tensor(targets)), values)


def by_segment(function):
    """Rows by segments; an empty one gives zeros."""
    return lambda x: torch.stack([function(x[s]) if s.start < s.stop else torch.zeros(x.shape[1]) for s in segments])


def attention(q, k, v, heads=2):
    rows = []
    for i, s in enumerate(segments):
        if s.start == s.stop:
            rows.append(torch.zeros(v.shape[1]))
            continue
        split = lambda x: x.reshape(x.shape[0], heads, -1).transpose(0, 1)
        found = F.scaled_dot_product_attention(split(q[i : i + 1]), split(k[s]), split(v[s]))
        rows.append(found.transpose(0, 1).reshape(-1))
    return torch.stack(rows)


def gru(x, h, w, u, b, c):
    cell = torch.nn.GRUCell(x.shape[1], h.shape[1])
    parameters = {"weight_ih": w.T, "weight_hh": u.T, "bias_ih": b[0], "bias_hh": c[0]}
    return torch.func.functional_call(cell, parameters, (x, h))


def block(blocks, x, transposed=False):
    maps = blocks.reshape(-1, 2, 3)
    maps = maps.transpose(1, 2) if transposed else maps
    return torch.bmm(maps, x.reshape(len(x), maps.shape[2], -1)).reshape(len(x), -1)


def batch_norm(training):
    def run(x, weight, shift):
        mean, variance = torch.full((3,), 0.25), torch.full((3,), 2.0)
        result = F.batch_norm(x, mean, variance, weight[0], shift[0], training=training)
        run.left = [mean[None, :], variance[None, :]]
        return result

    return run


one = lambda loss: loss.reshape(1, 1)
OPERATIONS = {
    "matmul": ([(4, 3), (3, 2)], lambda a, b: a @ b),
    "matmul_first": ([(3, 4), (3, 2)], lambda a, b: a.T @ b),
    "matmul_second": ([(4, 3), (2, 3)], lambda a, b: a @ b.T),
    "matmul_both": ([(3, 4), (2, 3)], lambda a, b: a.T @ b.T),
    "add_row": ([(4, 3), (1, 3)], lambda x, row: x + row),
    "scale_rows": ([(4, 3), (4, 1)], lambda x, factor: x * factor),
    "relu": ([(4, 3)], F.relu),
    "leaky_relu": ([(4, 3)], lambda x: F.leaky_relu(x, 0.2)),
    "elu": ([(4, 3)], F.elu),
    "gelu": ([(4, 3)], F.gelu),
    "sigmoid": ([(4, 3)], torch.sigmoid),
    "tanh": ([(4, 3)], torch.tanh),
    "softplus": ([(4, 3)], F.softplus),
    "layer_norm": ([(4, 3), (1, 3), (1, 3)], lambda x, w, b: F.layer_norm(x, (3,), w[0], b[0])),
    "batch_norm_training": ([(4, 3), (1, 3), (1, 3)], batch_norm(True)),
    "batch_norm_fixed": ([(4, 3), (1, 3), (1, 3)], batch_norm(False)),
    "normalize_rows": ([(4, 3)], F.normalize),
    "concatenate_columns": ([(4, 2), (4, 1), (4, 3)], lambda *x: torch.cat(x, 1)),
    "concatenate_rows": ([(2, 3), (1, 3)], lambda *x: torch.cat(x, 0)),
    "slice_columns": ([(4, 5)], lambda x: x[:, 1:4]),
    "slice_rows": ([(4, 3)], lambda x: x[2:4]),
    "gather_rows": ([(4, 3)], lambda x: x[picked]),
    "scatter_add_rows": ([(5, 3)], lambda x: torch.zeros(4, 3).index_add(0, torch.tensor(picked), x)),
    "spmm": ([(5, 3)], lambda x: matrix(weights) @ x),
    "spmm_learned": ([(6, 2), (5, 4)],
                     lambda v, x: torch.cat([matrix(v[:, 0]) @ x[:, :2], matrix(v[:, 1]) @ x[:, 2:]], 1)),
    "neighbor_max": ([(5, 3)], lambda x: by_segment(lambda rows: rows.max(0).values)(x[targets])),
    "segment_sum": ([(6, 3)], by_segment(lambda rows: rows.sum(0))),
    "segment_mean": ([(6, 3)], by_segment(lambda rows: rows.mean(0))),
    "segment_max": ([(6, 3)], by_segment(lambda rows: rows.max(0).values)),
    "segment_softmax": ([(6, 3)], lambda x: torch.cat([torch.softmax(x[s], 0) for s in segments])),
    "row_dot": ([(4, 3), (4, 3)], lambda a, b: (a * b).sum(1, keepdim=True)),
    "block_product": ([(4, 6), (4, 6)], block),
    "block_product_transposed": ([(4, 6), (4, 4)], lambda m, x: block(m, x, True)),
    "gru_cell": ([(3, 2), (3, 2), (2, 6), (2, 6), (1, 6), (1, 6)], gru),
    "time_encoding": ([(4, 1), (1, 3), (1, 3)], lambda t, w, b: torch.cos(t * w + b)),
    "attention": ([(4, 4), (6, 4), (6, 2)], attention),
    "binary_cross_entropy": ([(4, 3)], lambda x: one(F.binary_cross_entropy_with_logits(x, soft_targets))),
    "cross_entropy": ([(4, 3)], lambda x: one(F.cross_entropy(x, labels))),
    "bpr_loss": ([(4, 2), (4, 2)], lambda p, n: one(-F.logsigmoid(p - n).mean())),
    "margin_ranking_loss": ([(4, 3), (4, 3)], lambda a, b: one(F.margin_ranking_loss(a, b, three_signs, margin=0.3))),
    "distillation_loss": ([(4, 3)], lambda x: one(F.kl_div(
        F.log_softmax(x / 1.7, 1), F.log_softmax(soft_targets / 1.7, 1), reduction="batchmean", log_target=True))),
    "mean_squared_error": ([(4, 3)], lambda x: one(F.mse_loss(x, soft_targets))),
    "hinge_loss": ([(4, 3)], lambda x: one(torch.clamp(1 - signs * x, min=0).mean())),
}


def line(x):
    x = x.detach().numpy()
    return " ".join([str(x.shape[0]), str(x.shape[1])] + [f"{value:.12g}" for value in x.ravel()])


def write_operation(name, shapes, function):
    inputs = [draw(shape).requires_grad_() for shape in shapes]
    result = function(*inputs)
    w = draw(tuple(result.shape))
    (w * result).sum().backward()
    rows = inputs + [w, result] + [x.grad for x in inputs] + getattr(function, "left", [])
    (OUT / f"{name}.tsv").write_text("".join(line(row) + "\n" for row in rows), encoding="utf-8")


random = numpy.random.default_rng(8)
draw = lambda shape: torch.tensor(random.standard_normal(shape).round(6))
for name, (shapes, function) in OPERATIONS.items():
    write_operation(name, shapes, function)

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "adam_decay": lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.05),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.05),
    "clipped": lambda p: torch.optim.SGD(p, lr=0.1),
}
for name, make in OPTIMIZERS.items():
    start, h, c = draw((1, 6)), draw((1, 6)).abs(), draw((1, 6))
    p = torch.nn.Parameter(start.clone())
    optimizer = make([p])
    rows = [start, h, c]
    for _ in range(8):
        optimizer.zero_grad()
        (h * p * p / 2 + c * p).sum().backward()
        if name == "clipped":
            torch.nn.utils.clip_grad_norm_([p], 0.5)
        optimizer.step()
        rows.append(p.clone())
    (OUT / f"optimizer_{name}.tsv").write_text("".join(line(row) + "\n" for row in rows), encoding="utf-8")


def factors(make, steps):
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=1.0)
    schedule = make(optimizer)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def write(name, *rows):
    text = "".join(" ".join(f"{value:.12g}" for value in row) + "\n" for row in rows)
    (OUT / f"schedule_{name}.tsv").write_text(text, encoding="utf-8")


write("cosine", factors(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.1), 11))
write("warmup", factors(lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=1 / 5, total_iters=4), 8))
for name, mode in (("plateau_lowest", "min"), ("plateau_highest", "max")):
    metrics = [1.0, 0.9, 0.9, 0.95, 0.89999, 0.91, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7, 0.4, 0.4, 0.4, 0.4, 0.4]
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=1.0)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode, factor=0.5, patience=2, threshold=1e-4, min_lr=0.1)
    found = []
    for metric in metrics:
        plateau.step(metric)
        found.append(optimizer.param_groups[0]["lr"])
    write(name, metrics, found)

values = [draw((1, 4)) for _ in range(6)]
model = torch.nn.ParameterList([torch.nn.Parameter(values[0].clone())])
average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
rows = list(values)
for value in values:
    with torch.no_grad():
        model[0].copy_(value)
    average.update_parameters(model)
rows.append(average.module[0])
(OUT / "moving_average.tsv").write_text("".join(line(row) + "\n" for row in rows), encoding="utf-8")

import safetensors.numpy  # 0.8.0

safetensors.numpy.save_file(
    {
        "layer.weight": (numpy.arange(6, dtype=numpy.float32) / 4 - 0.5).reshape(2, 3),
        "exact": numpy.array([[0.1, -1e300]]),
        "steps": numpy.array([1, 2**64 - 1], dtype=numpy.uint64),
        "one": numpy.array(7, dtype=numpy.int16),
        "none": numpy.zeros((0, 4), dtype=numpy.float32),
    },
    OUT / "model.safetensors",
    {"made by": "safetensors"},
)

# Operations that came later, with draws of their own, so that the files above stay as they are.


def attention_weights(targets_scores, source_scores):
    scores = F.leaky_relu(targets_scores[sources] + source_scores[targets], 0.2)
    return torch.cat([torch.softmax(scores[s], 0) for s in segments])


def dynamic_attention_weights(target_rows, source_rows, row, heads=2):
    parts = F.leaky_relu(target_rows[sources] + source_rows[targets], 0.2) * row
    scores = parts.reshape(len(sources), heads, -1).sum(2)
    return torch.cat([torch.softmax(scores[s], 0) for s in segments])


def normal_divergence(mean, log_deviation):
    learned = torch.distributions.Normal(mean, log_deviation.exp())
    return one(torch.distributions.kl_divergence(learned, torch.distributions.Normal(0.0, 1.0)).sum(1).mean())


LATER = {
    "maximum": ([(4, 3), (4, 3)], torch.maximum),
    "scale_learned": ([(4, 3), (1, 1)], lambda x, factor: (1 + factor) * x),
    "head_dot": ([(4, 6), (1, 6)], lambda x, row: (x * row).reshape(4, 2, 3).sum(2)),
    "pagerank_step": ([(5, 3), (4, 3)], lambda x, start: 0.85 * (matrix(weights) @ x) + 0.15 * start),
    "attention_weights": ([(4, 2), (5, 2)], attention_weights),
    "dynamic_attention_weights": ([(4, 6), (5, 6), (1, 6)], dynamic_attention_weights),
    "normal_divergence": ([(4, 3), (4, 3)], normal_divergence),
}
random = numpy.random.default_rng(9)
for name, (shapes, function) in LATER.items():
    write_operation(name, shapes, function)
