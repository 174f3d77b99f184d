"""Writes the golden event file of trainer/watch, and reads event files.

    python tfevents.py golden OUT     OUT is trainer/watch/testdata/golden/tensorboard.json
    python tfevents.py read DIR       prints what TensorBoard makes of the files in DIR

Needs tensorboard 2.20.0 (pip install tensorboard==2.20.0). The golden holds the
bytes, in base64, of a file with two steps and one of a run that resumed after step
1, serialised by tensorboard's protocol buffers and written by its RecordWriter. The
names of the files, which hold host and process, are no part of it.
"""

import base64
import io
import json
import logging
import math
import platform
import sys

import tensorboard
from tensorboard.backend.event_processing import event_accumulator
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

TIME = 1750000000.25
TEXT = "**prompt**\n\n    two\n    lines <b>\n\n**response**\n\n    x\n\n**reference**\n\n    \n\n**reward** 0.5, judged\n"


def scalar(tag, value):
    return summary_pb2.Summary.Value(tag=tag, simple_value=value)


def text(tag, value):
    return summary_pb2.Summary.Value(
        tag=tag,
        tensor=tensor_pb2.TensorProto(
            dtype=types_pb2.DT_STRING,
            tensor_shape=tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]),
            string_val=[value.encode()],
        ),
        metadata=summary_pb2.SummaryMetadata(plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text")),
    )


def summary(step, *values):
    return event_pb2.Event(wall_time=TIME, step=step, summary=summary_pb2.Summary(value=values))


def written(events):
    out = io.BytesIO()
    writer = RecordWriter(out)
    for e in events:
        writer.write(e.SerializeToString(deterministic=True))
    return base64.b64encode(out.getvalue()).decode()


def golden(path):
    version = event_pb2.Event(wall_time=TIME, file_version="brain.Event:2")
    start = event_pb2.Event(wall_time=TIME, step=2, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))
    files = {
        "fresh": [
            version,
            summary(0, scalar("critic/rewards/mean", 0.1), scalar("zero", 0.0), scalar("minus", -1e30), scalar("timing_s/step", 1.5)),
            summary(300, scalar("val/reward/mean", 0.5), scalar("nothing", math.nan), text("samples/sort ü", TEXT)),
        ],
        "resumed": [version, start, summary(2, scalar("critic/rewards/mean", 0.25))],
    }
    with open(path, "w") as f:
        json.dump(
            {
                "reference": "tensorboard " + tensorboard.__version__ + ", Python " + platform.python_version(),
                **{k: written(v) for k, v in files.items()},
            },
            f,
            indent=1,
        )
        f.write("\n")


def read(folder):
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    a = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0})
    a.Reload()
    tags = a.Tags()
    for tag in tags["scalars"]:
        print(json.dumps({"scalar": tag, "points": [[e.step, e.value] for e in a.Scalars(tag)]}))
    for tag in tags["tensors"]:
        plugin = a.SummaryMetadata(tag).plugin_data.plugin_name
        for e in a.Tensors(tag):
            if plugin == "text":
                print(json.dumps({"text": tag, "step": e.step, "value": e.tensor_proto.string_val[0].decode()}))
            else:
                print(json.dumps({"tensor": tag, "plugin": plugin, "step": e.step, "value": list(e.tensor_proto.float_val)}))


if __name__ == "__main__":
    {"golden": golden, "read": read}[sys.argv[1]](sys.argv[2])
