//! Prints, as JSON, the median seconds that rougers needs for each score of
//! each NAME.ref.txt and NAME.hyp.txt in a folder.

use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, fs};

fn median(mut f: impl FnMut()) -> f64 {
    let mut runs: Vec<Duration> = Vec::new();
    while runs.len() < 25 || (runs.iter().sum::<Duration>().as_secs_f64() < 0.3 && runs.len() < 20000) {
        let start = Instant::now();
        f();
        runs.push(start.elapsed());
    }
    runs.sort();
    runs[runs.len() / 2].as_secs_f64()
}

fn main() {
    let dir = env::args().nth(1).expect("usage: rougers-time DIR");
    let mut names: Vec<String> = fs::read_dir(&dir)
        .expect("readable folder")
        .filter_map(|e| e.ok()?.file_name().to_str()?.strip_suffix(".ref.txt").map(str::to_owned))
        .collect();
    names.sort();
    let mut rows = Vec::new();
    for name in &names {
        let reference = fs::read_to_string(format!("{dir}/{name}.ref.txt")).expect("reference");
        let hypothesis = fs::read_to_string(format!("{dir}/{name}.hyp.txt")).expect("hypothesis");
        for kind in ["rouge1", "rouge2", "rougeL", "rougeLsum"] {
            for stem in [false, true] {
                let scorer = rougers::RougeScorer::new([kind], stem).expect("valid type");
                let s = median(|| {
                    black_box(scorer.score(black_box(&reference), black_box(&hypothesis)));
                });
                let suffix = if stem { "+stem" } else { "" };
                rows.push(format!(" \"{name}/{kind}{suffix}\": {s:e}"));
            }
        }
    }
    println!("{{\n{}\n}}", rows.join(",\n"));
}
