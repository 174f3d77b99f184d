package cpu
import ("testing";"fmt";"time";"syscall";"github.com/golongrl/golongrl/trainer/backend")
func cpuT() float64 { var r syscall.Rusage; syscall.Getrusage(0,&r); return float64(r.Utime.Sec+r.Stime.Sec)+float64(r.Utime.Usec+r.Stime.Usec)/1e6 }
func TestZZ(t *testing.T){
 for _, mt := range []int{512, 1024,2048,4096,9000} {
 for _, ck := range []int{256<<10, 1<<20, 8<<20} {
 p,_ := New(million, Options{Workers:1,MicroTokens:mt,ChunkBytes:ck}); backend.Init(p,1,0.02)
 b := sequences(512,32,256,1); out:=newRows(b)
 best:=1e9; 
 for s:=1;s<=5;s++ { c0:=cpuT(); t0:=time.Now(); p.Accumulate(b,likelihood(len(b.Rows)),out); 
 p.Update(backend.Update{LR:1e-4,Beta1:.9,Beta2:.999,Eps:1e-8,Step:s,MaxNorm:1}); var l float64; for _,x:=range out.LogP {l-=x}
 _=t0; best=min(best,cpuT()-c0); if mt==4096&&ck==8<<20 {fmt.Println(l/float64(len(b.Rows)))} }
 fmt.Println(mt,ck,"best cpu s/step", best, "GFLOP/s", flops(million,b)/best/1e9)
 }}
}
